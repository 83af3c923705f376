import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import {
  ERRORS,
  exportJsonSchema,
  ROUTES,
  type ErrorCode,
  type RouteSpec,
} from '@parley/message-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { badOnes, WHOLE } from './bad-payloads.ts'
import { few, IS_LONG, SEED } from './chosen-cases.ts'
import { inheritedEverywhere, NOTHING_INHERITED } from './inspect-process.ts'
import { startNeighbours, type Neighbours } from './neighbour.ts'
import { exampleOf, type Json } from './schema-example.ts'
import {
  cluster,
  expectAllAlive,
  expectNoInsides,
  expectNoSecretsLogged,
  newPerson,
  newRoom,
  noteSecret,
  type Person,
} from './stage.ts'

/** Of the wrong values for each field. */
const EACH = IS_LONG ? 100 : 1
const AT_ONCE = 6
const WITHIN_MS = 30_000
const schemas = exportJsonSchema()['routes'] as Record<
  string,
  Record<'params' | 'query' | 'body', Json>
>
const routes = Object.entries<RouteSpec>(ROUTES)

let neighbours: Neighbours
beforeAll(async () => {
  console.log(`The routes are asked what ABUSE_SEED=${SEED} chooses.`)
  neighbours = await startNeighbours()
})
afterAll(async () => {
  // What was made here is not to be met by the files that follow.
  const asRoot = { headers: { authorization: `Bearer ${cluster.rootApiKey}` } }
  const words = await fetch(`${cluster.api}/v1/moderation/words?limit=200`, asRoot)
  const { data } = (await words.json()) as { data: { id: string }[] }
  for (const { id } of data) {
    await fetch(`${cluster.api}/v1/moderation/words/${id}`, { ...asRoot, method: 'DELETE' })
  }
})

interface Stage {
  readonly spec: RouteSpec
  readonly person: Person
  /** With every parameter in its place. */
  readonly path: string
  readonly params: Json
}

async function stageOf(name: string, spec: RouteSpec): Promise<Stage> {
  const person = newPerson()
  const params = (spec.params && exampleOf(name, schemas[name]!.params, spec.params)) as
    | Json
    | undefined
  // Of a room and of its first event there is one; of everything else there is none.
  const inRoom = spec.path.startsWith('/v1/rooms/:id') && { id: await newRoom(person) }
  const known: Json = { ...params, ...inRoom, ...(params?.['seq'] !== undefined && { seq: 1 }) }
  return { spec, person, params: known, path: fill(spec.path, known) }
}

const fill = (path: string, params: Json): string =>
  path.replaceAll(/:(\w+)/gu, (_, name: string) => encodeURIComponent(String(params[name])))

interface Asked {
  readonly what: string
  readonly path?: string
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Record<string, string>
}

interface Answer {
  readonly status: number
  readonly code: ErrorCode | undefined
}

/** What whoever may ask for it is answered: of the contract, and in time. */
async function ask({ spec, person, path }: Stage, asked: Asked): Promise<Answer> {
  const token = { user: person.token, key: cluster.rootApiKey, none: '', link: '' }[spec.auth]
  const answer = await fetch(cluster.api + (asked.path ?? path), {
    method: spec.method.toUpperCase(),
    signal: AbortSignal.timeout(WITHIN_MS),
    redirect: 'manual',
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      ...(asked.body !== undefined && { 'content-type': 'application/json' }),
      ...asked.headers,
    },
    ...(asked.body !== undefined && { body: asked.body }),
  })
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  // It has no end; that it has begun is its answer.
  if (isStream) await answer.body?.cancel()
  const text = isStream ? '' : await answer.text()
  const isProblem =
    answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false
  const code = isProblem ? (JSON.parse(text) as { code: ErrorCode }).code : undefined
  const told = [
    spec.method,
    asked.path ?? path,
    asked.what,
    answer.status,
    code ?? text.slice(0, 200),
  ]
  expect(told, 'is an answer of the contract').toEqual([
    ...told.slice(0, 3),
    expect.toBeOneOf(ALLOWED),
    told[4],
  ])
  // A page for people, behind a link, is the only refusal that is no problem document.
  if (answer.status >= 400 && spec.auth !== 'link') {
    expect([...told, code !== undefined && Object.hasOwn(ERRORS, code)]).toEqual([...told, true])
    expectNoInsides(text)
  }
  for (const secret of secretsIn(text)) noteSecret(secret)
  return { status: answer.status, code }
}

const REFUSED = /^(?:INVALID|TOO_LARGE)$/u
const ALLOWED = [200, 201, 202, 204, 302, 304, 400, 401, 403, 404, 409, 410, 413, 422, 429]
const secretsIn = (text: string): string[] =>
  Array.from(
    text.matchAll(/"(?:accessToken|refreshToken|token|secret)":"([^"]{16,})"/gu),
    ([, secret]) => secret!,
  )

/** So many at a time: of one route nothing depends on the order. */
async function askAll(all: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = all.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const run of queue) await run()
    }),
  )
}

const withBody = routes.filter(([, { body }]) => body !== undefined)
const withoutBody = routes.filter(([, { body, consumes, method }]) => {
  return body === undefined && consumes === undefined && method !== 'get'
})

describe('a body', () => {
  test.each(withBody)('of %s that is not of its schema', async (name, spec) => {
    const stage = await stageOf(name, spec)
    const base = exampleOf(name, schemas[name]!.body, spec.body!)
    const bad = [...few(WHOLE, 5), ...badOnes(base, EACH)]
    await askAll(
      bad.map(({ what, value }) => async () => {
        const body = JSON.stringify(value)
        const { code } = await ask(stage, { what, body })
        if (spec.body!.safeParse(JSON.parse(body)).success) return
        expect([name, what, code]).toEqual([name, what, expect.stringMatching(REFUSED)])
      }),
    )
  })

  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
  const json = 'application/json'
  const form = 'application/x-www-form-urlencoded'
  const spoilt: readonly (readonly [
    string,
    string | Uint8Array<ArrayBuffer>,
    Record<string, string>,
  ])[] = [
    ['half of it', '{"a":', {}],
    ['nothing', '', { 'content-type': json }],
    ['NUL', '\0', {}],
    [
      'bytes that are no UTF-8',
      Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      {},
    ],
    ['a hundred thousand levels', '['.repeat(100_000), {}],
    ['a hundred thousand levels, closed', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, {}],
    [
      'a hundred thousand keys',
      `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1`).join(',')}}`,
      {},
    ],
    [
      'a form',
      '__proto__[polluted]=1&constructor[prototype][polluted]=1&a=1',
      { 'content-type': form },
    ],
    ['JSON that says it is text', '{"a":1}', { 'content-type': 'text/plain' }],
    ['JSON in a charset of its own', '{"a":1}', { 'content-type': `${json}; charset=x-evil` }],
    ['a type that is none', '{"a":1}', { 'content-type': ';;;' }],
    ['gzip that is none', '{"a":1}', { 'content-encoding': 'gzip' }],
    ['an encoding that is none', '{"a":1}', { 'content-encoding': 'evil' }],
    ['64 MB in 64 KB', new Uint8Array(bomb), { 'content-encoding': 'gzip' }],
    ['__proto__ alone', '{"__proto__":{"polluted":1}}', {}],
  ]

  test.each([...withBody, ...withoutBody])('of %s that is no JSON', async (name, spec) => {
    const stage = await stageOf(name, spec)
    await askAll(
      few(spoilt, 4).map(([what, body, headers]) => async () => {
        // A route without a body does not look at what does not say that it is JSON.
        const type = headers['content-type'] ?? json
        const { code } = await ask(stage, { what, body, headers })
        if (body === '' || (spec.body === undefined && type !== json)) return
        expect([name, what, code]).toEqual([name, what, expect.stringMatching(REFUSED)])
      }),
    )
  })
})

const ODD_PARTS = [
  '__proto__',
  'constructor',
  '%00',
  '%ff',
  '%E0%A4%A',
  '..%2f..%2fetc%2fpasswd',
  '%27%20OR%201%3D1%20--%20',
  '-1',
  '0',
  '1e9',
  'NaN',
  '9007199254740993',
  '%F0%9F%98%80',
  '%E2%80%AE',
  '%0d%0aX-Evil:%201',
  'x'.repeat(3_000),
  '{}',
  '*',
]

describe('an address', () => {
  const withParams = routes.filter(([, { params }]) => params !== undefined)

  test.each(withParams)('of %s with a part that is not what it should be', async (name, spec) => {
    const stage = await stageOf(name, spec)
    const asked = Object.keys(stage.params).flatMap((param) =>
      few(ODD_PARTS, 3).map((part) => async () => {
        const path = spec.path.replaceAll(/:(\w+)/gu, (_, one: string) =>
          one === param ? part : encodeURIComponent(String(stage.params[one])),
        )
        await ask(stage, { what: `${param} as ${part.slice(0, 40)}`, path })
      }),
    )
    await askAll(asked)
  })

  const GENERAL = [
    '__proto__=1',
    '__proto__[polluted]=1',
    'constructor[prototype][polluted]=1',
    '__proto__.polluted=1',
    'extra=1',
    '%ff=%ff',
    '&&&==&',
    `${'a'.repeat(3_000)}=1`,
    Array.from({ length: 1_500 }, (_, n) => `k${n}`).join('&'),
  ]

  test.each(routes)('of %s with a query that is not what it should be', async (name, spec) => {
    const declared = Object.keys((schemas[name]!.query?.['properties'] ?? {}) as Json)
    const odd = declared.flatMap((one) => [
      `${one}=`,
      `${one}=1&${one}=2`,
      `${one}[]=1`,
      `${one}[$ne]=1`,
      ...few(ODD_PARTS, 2).map((part) => `${one}=${part}`),
    ])
    // A route without a query heeds none.
    const queries =
      spec.query === undefined ? few(GENERAL, 1) : [...few(GENERAL, 2), ...few(odd, 8)]
    const stage = await stageOf(name, spec)
    await askAll(
      queries.map((query) => async () => {
        await ask(stage, { what: query.slice(0, 60), path: `${stage.path}?${query}` })
      }),
    )
  })
})

test('headers that hold more, or other things, than they should', async () => {
  const stage = await stageOf('getMe', ROUTES.getMe)
  const post = await stageOf('createRoom', ROUTES.createRoom)
  const odd = ['', '__proto__', '\u00FF', 'x'.repeat(3_000), '{}', "' OR 1=1 --", '-1', 'a, b']
  for (const value of odd) {
    for (const name of [
      'x-request-id',
      'x-forwarded-for',
      'accept',
      'range',
      'if-none-match',
      'cookie',
    ]) {
      await ask(stage, { what: name, headers: { [name]: value } })
    }
    const headers = { 'idempotency-key': value }
    await ask(post, { what: 'idempotency-key', body: `{"name":"${randomUUID()}"}`, headers })
    await ask(stage, { what: 'authorization', headers: { authorization: value } }).catch(
      (error: unknown) => {
        // What is no header at all, `fetch` does not send.
        if (!(error instanceof TypeError)) throw error
      },
    )
  }
})

test('nothing is left of it: not in the processes, and not for the neighbours', async () => {
  expect(await inheritedEverywhere()).toEqual(NOTHING_INHERITED)
  await neighbours.expectUnharmed()
  await expectAllAlive()
  expectNoSecretsLogged()
})
