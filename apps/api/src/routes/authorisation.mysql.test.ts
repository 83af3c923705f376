import { createHmac, createPublicKey, randomUUID } from 'node:crypto'
import {
  ACT_AS_HEADER,
  actAsScope,
  ROUTES,
  type RouteName,
  type RouteSpec,
  type Visibility,
} from '@parley/message-schema'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROWS } from '../testing/authorisation/all-rows.ts'
import type { Cell, Row } from '../testing/authorisation/row.ts'
import {
  CALLERS,
  gatherPeople,
  makeWrongKeys,
  setStage,
  type Caller,
  type People,
  type Stage,
} from '../testing/authorisation/stage.ts'
import {
  ROOT_API_KEY,
  startTestApi,
  type Actor,
  type Answer,
  type TestApi,
} from '../testing/test-api.ts'

const SECRET = 'a-secret-that-the-host-shares-with-us'
const ISSUER = 'https://host.example'
/** A user of the host application who is named in the environment. */
const operatorToken = (): string =>
  jwt.sign({ sub: 'olga', iss: ISSUER, aud: 'parley' }, SECRET, {
    algorithm: 'HS256',
    expiresIn: 600,
  })

let api: TestApi
let people: People
let wrongKeys: Awaited<ReturnType<typeof makeWrongKeys>>
beforeAll(async () => {
  api = await startTestApi({
    HOST_JWT_SECRET: SECRET,
    HOST_JWT_ISSUER: ISSUER,
    OPERATORS: 'olga,nobody-else',
  })
  people = await gatherPeople(api)
  wrongKeys = await makeWrongKeys(api)
})
afterAll(() => api[Symbol.asyncDispose]())

const routes = Object.entries<RouteSpec>(ROUTES)

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens that look like good ones, each wrong in one thing. */
function badTokens(actor: Actor): Record<string, { token: string; code: string }> {
  const pem = api.signingKeyPem
  const { header, payload } = jwt.decode(actor.session.accessToken, { complete: true }) as {
    header: { kid: string }
    payload: Record<string, unknown>
  }
  const { sub, sid } = payload
  const sign = (claims: object, { typ = 'at+jwt', kid = header.kid } = {}): string =>
    jwt.sign(
      { sub, sid, iss: 'parley', aud: 'parley', exp: Date.now() / 1_000 + 60, ...claims },
      pem,
      {
        algorithm: 'ES256',
        header: { alg: 'ES256', typ, kid },
      },
    )
  const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'pem' })
  const hmacHead = `${base64({ alg: 'HS256', typ: 'at+jwt', kid: header.kid })}.${base64(payload)}`
  const hmac = createHmac('sha256', publicKey).update(hmacHead).digest('base64url')
  const [head, body, signature = ''] = actor.session.accessToken.split('.')
  const none = `${base64({ alg: 'none', typ: 'at+jwt' })}.${base64(payload)}.`
  const invalid = (token: string) => ({ token, code: 'AUTH_INVALID' })
  return {
    garbage: invalid('garbage'),
    expired: { token: sign({ exp: Date.now() / 1_000 - 60 }), code: 'AUTH_EXPIRED' },
    'alg none': invalid(none),
    'HS256 with the public key': invalid(`${hmacHead}.${hmac}`),
    'wrong audience': invalid(sign({ aud: 'somebody-else' })),
    'wrong issuer': invalid(sign({ iss: 'somebody-else' })),
    'a host issuer with our key': invalid(sign({ iss: 'https://host.example' })),
    'wrong typ': invalid(sign({}, { typ: 'JWT' })),
    'unknown kid': invalid(sign({}, { kid: 'unknown' })),
    'no session': invalid(sign({ sid: undefined })),
    'somebody else’s session': { token: sign({ sub: 'somebody-else' }), code: 'AUTH_REVOKED' },
    'no subject': invalid(sign({ sub: undefined })),
    'changed body': invalid(`${head}.${base64({ ...payload, sub: 'x' })}.${signature}`),
    'changed signature': invalid(`${head}.${body}.${Array.from(signature).toReversed().join('')}`),
  }
}

describe('without a good token', () => {
  const closed = routes.filter(([, { auth }]) => auth === 'user' || auth === 'key')
  let bad: Record<string, { token: string; code: string }>
  beforeAll(async () => {
    bad = badTokens(await api.guest('Ada'))
  })

  test.each(closed)('%s answers 401', async (_name, { method, path }) => {
    const filled = path.replaceAll(/:\w+/gu, () => randomUUID())
    const call = (token?: string) =>
      api.call(method.toUpperCase(), filled, token === undefined ? {} : { token })
    const missing = await call()
    expect([missing.status, missing.body.code]).toEqual([401, 'AUTH_REQUIRED'])
    expect(missing.headers.get('www-authenticate')).toBe('Bearer')
    const answers = await Promise.all(
      Object.entries(bad).map(async ([what, { token }]) => {
        const { status, body } = await call(token)
        return [what, `${status} ${body.code}`]
      }),
    )
    const wanted = Object.entries(bad).map(([what, { code }]) => [what, `401 ${code}`])
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(wanted))
  })
})

/** A key that has all but what the route asks for, and names somebody who would be let in. */
function byWrongKey(spec: RouteSpec, { owner }: Stage) {
  const scope = spec.scope ?? actAsScope(spec)
  return {
    token: scope === 'admin:read' ? wrongKeys.audit : wrongKeys.admin,
    headers: spec.auth === 'user' ? { [ACT_AS_HEADER]: owner.id } : {},
  }
}

async function ask(
  name: RouteName,
  { ask: toAsk }: Row,
  stage: Stage,
  caller: Caller | 'rightKey' | 'operator',
): Promise<Cell> {
  const spec: RouteSpec = ROUTES[name]
  const { path, body, headers } = await toAsk(
    stage,
    caller === 'rightKey' || caller === 'operator' ? 'owner' : caller,
  )
  const as = (): { token?: string; headers?: Record<string, string> } => {
    if (caller === 'anonymous') return {}
    if (caller === 'operator') return { token: operatorToken() }
    if (caller === 'rightKey') return { token: ROOT_API_KEY }
    if (caller === 'wrongScope') return byWrongKey(spec, stage)
    return { token: stage[caller].session.accessToken }
  }
  const { headers: more, ...token } = as()
  const answer: Answer = await api.call(spec.method.toUpperCase(), path, {
    ...token,
    ...(body !== undefined && { body }),
    headers: { ...headers, ...more },
  })
  // A refusal that is a page for people has no code.
  return answer.status < 300 ? answer.status : (answer.body.code ?? answer.status)
}

async function askAll(name: RouteName, row: Row, visibility: Visibility) {
  const stageFor = async (): Promise<Stage> =>
    setStage(api, row.newPeople === true ? await gatherPeople(api) : people, visibility)
  let stage = await stageFor()
  const got: Partial<Record<Caller | 'rightKey' | 'operator', Cell>> = {}
  const callers =
    row.rightKey === undefined ? CALLERS : ([...CALLERS, 'rightKey', 'operator'] as const)
  for (const caller of callers) {
    got[caller] = await ask(name, row, stage, caller)
    const isChanged = typeof got[caller] === 'number'
    if (isChanged && (row.alone ?? row.newPeople) === true) stage = await stageFor()
  }
  return got
}

const rows = Object.entries(ROWS) as [RouteName, Row][]

describe.each(['public', 'private'] as const)('in a %s room', (visibility) => {
  const asked = rows.filter(([, { plain }]) => visibility === 'public' || plain !== true)

  test.each(asked)('%s answers each caller as it should', async (name, row) => {
    const { cells, rightKey, operator = 'FORBIDDEN' } = row
    expect(await askAll(name, row, visibility)).toEqual({
      ...cells[visibility],
      ...(rightKey !== undefined && { rightKey, operator }),
    })
  })
})
