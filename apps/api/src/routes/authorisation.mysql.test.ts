import { createHmac, createPublicKey, randomUUID } from 'node:crypto'
import { ROUTES, type RouteName, type RouteSpec } from '@parley/message-schema'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({
    HOST_JWT_SECRET: 'a-secret-that-the-host-shares-with-us',
    HOST_JWT_ISSUER: 'https://host.example',
  })
})
afterAll(() => api[Symbol.asyncDispose]())

const userRoutes = Object.entries<RouteSpec>(ROUTES).filter(([, { auth }]) => auth === 'user')
const fill = (path: string): string =>
  path
    .replace(':id', randomUUID())
    .replace(':userId', 'somebody')
    .replace(':seq', '1')
    .replace(':n', '1')

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
  let bad: Record<string, { token: string; code: string }>
  beforeAll(async () => {
    bad = badTokens(await api.guest('Ada'))
  })

  test.each(userRoutes)('%s answers 401', async (_name, { method, path }) => {
    const call = (token?: string) =>
      api.call(method.toUpperCase(), fill(path), token === undefined ? {} : { token })
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

interface Stage {
  readonly room: string
  readonly seq: number
  readonly member: string
  readonly other: string
}

/** Whoever calls: `[of a public room, of a private room]`. */
interface Row {
  readonly path: (stage: Stage) => string
  readonly body?: (stage: Stage) => unknown
  readonly owner: readonly [number, number]
  readonly member: readonly [number, number]
  readonly exMember: readonly [number, number]
  readonly stranger: readonly [number, number]
}

const everybody = (path: string, status = 200, body?: unknown): Row => ({
  path: () => path,
  ...(body !== undefined && { body: () => body }),
  owner: [status, status],
  member: [status, status],
  exMember: [status, status],
  stranger: [status, status],
})

const inRoom = (
  path: string,
  statuses: Omit<Row, 'path' | 'body'>,
  body?: (stage: Stage) => unknown,
): Row => ({
  path: ({ room, seq, member, other }) =>
    `/v1/rooms/${room}${path.replace(':seq', String(seq)).replace(':member', member).replace(':other', other)}`,
  ...(body !== undefined && { body }),
  ...statuses,
})

const reading = {
  owner: [200, 200],
  member: [200, 200],
  exMember: [403, 403],
  stranger: [403, 404],
} as const

/** What each role is answered on each route. A route without its row fails below. */
const MATRIX: Record<string, Row> = {
  getMe: everybody('/v1/me'),
  listUsers: everybody('/v1/users?ids=a,b'),
  getUser: everybody('/v1/users/nobody', 404),
  listRooms: everybody('/v1/rooms'),
  createRoom: everybody('/v1/rooms', 201, { name: 'Mine', visibility: 'private' }),
  createDm: everybody('/v1/dms', 404, { userIds: ['nobody'] }),
  postSync: everybody('/v1/sync', 200, {}),
  getRoom: inRoom('', { ...reading, exMember: [200, 404], stranger: [200, 404] }),
  listMembers: inRoom('/members', reading),
  listMessages: inRoom('/messages', reading),
  getMessage: inRoom('/messages/:seq', reading),
  listEvents: inRoom('/events', reading),
  getEventsPage: inRoom('/events/pages/1', reading),
  putRead: inRoom('/read', reading, () => ({ upTo: 1 })),
  postMessage: inRoom('/messages', { ...reading, owner: [201, 201], member: [201, 201] }, () => ({
    text: 'hello',
  })),
  patchMessage: inRoom('/messages/:seq', { ...reading, member: [403, 403] }, () => ({
    text: 'changed',
  })),
  putMember: inRoom('/members/:other', { ...reading, member: [403, 403] }, () => ({})),
  deleteMember: inRoom('/members/:member', {
    owner: [204, 204],
    member: [403, 403],
    exMember: [403, 403],
    stranger: [403, 404],
  }),
  deleteMessage: inRoom('/messages/:seq', { ...reading, member: [403, 403] }),
  logout: everybody('/v1/auth/logout', 204),
}

test('every route has its row in the matrix of roles', () => {
  expect(Object.keys(MATRIX).toSorted()).toEqual(userRoutes.map(([name]) => name).toSorted())
})

describe.each(['public', 'private'] as const)('in a %s room', (visibility) => {
  test.each(Object.entries(MATRIX))('%s answers each role as it should', async (name, row) => {
    const { method } = ROUTES[name as RouteName]
    const [stranger, exMember, member, owner, target, other] = (await Promise.all(
      ['stranger', 'ex-member', 'member', 'owner', 'target', 'other'].map(api.guest),
    )) as [Actor, Actor, Actor, Actor, Actor, Actor]
    const { id: room } = await owner.createRoom({ visibility })
    for (const who of [member, exMember, target]) await owner.join(room, who.id)
    const seq = await owner.send(room, 'first')
    await exMember.leave(room)
    const stage = { room, seq, member: target.id, other: other.id }

    // Those who may least go first, so that what is changed is still there for the others.
    const got: Record<string, number> = {}
    for (const [role, actor] of Object.entries({ stranger, exMember, member, owner })) {
      const answer = await actor.call(method.toUpperCase(), row.path(stage), row.body?.(stage))
      got[role] = answer.status
    }
    const of = (role: 'stranger' | 'exMember' | 'member' | 'owner') =>
      row[role][visibility === 'public' ? 0 : 1]
    expect(got).toEqual({
      stranger: of('stranger'),
      exMember: of('exMember'),
      member: of('member'),
      owner: of('owner'),
    })
  })
})
