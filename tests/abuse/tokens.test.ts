import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { ConnectRefused, connectSocket, eventually, register, type TestUser } from '@parley/testkit'
import jwt from 'jsonwebtoken'
import { beforeAll, describe, expect, test } from 'vitest'
import { HOST_ISSUER } from './start-cluster.ts'
import {
  call,
  cluster,
  connect,
  expectAllAlive,
  expectNoSecretsLogged,
  newPerson,
  noteSecret,
} from './stage.ts'

interface Claims {
  readonly sub: string
  readonly sid: string
  readonly [name: string]: unknown
}

let ada: TestUser
let kid: string
let own: Claims
const pem = cluster.signingKeyPem
const publicPem = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const otherPem = otherKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const rsaPem = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

async function signUp(): Promise<TestUser> {
  const user = await register(cluster.url)
  noteSecret(user.token, user.refreshToken, user.password)
  return user
}

beforeAll(async () => {
  ada = await signUp()
  const { header, payload } = jwt.decode(ada.token, { complete: true }) ?? {}
  kid = String(header?.kid)
  own = payload as Claims
})

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const now = (): number => Math.floor(Date.now() / 1_000)

/** Ours, with this instead of what is right. */
const ours = (claims: object, header: object = {}, key = pem): string =>
  jwt.sign({ ...own, exp: now() + 60, ...claims }, key, {
    algorithm: 'ES256',
    header: { alg: 'ES256', typ: 'at+jwt', kid, ...header },
  })
const ofHost = (claims: object, options: jwt.SignOptions = {}, key = cluster.hostSecret): string =>
  jwt.sign(
    { sub: 'ada', iss: HOST_ISSUER, aud: 'parley', exp: now() + 60, ...claims },
    key,
    options,
  )
const hmac = (key: string, header: object, claims: object): string => {
  const signed = `${part(header)}.${part(claims)}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}
const half = (token: string): string => token.slice(0, -20)

/** Each says a code that all ways in have to answer; what is asked for is made when it is needed. */
const TABLE: readonly (readonly [what: string, code: string, token: () => string])[] = [
  ['expired', 'AUTH_EXPIRED', () => ours({ iat: 1_000, exp: 2_000 })],
  ['expired, of the host', 'AUTH_EXPIRED', () => ofHost({ iat: 1_000, exp: 2_000 })],
  ['not yet valid', 'AUTH_INVALID', () => ours({ nbf: now() + 3_600 })],
  ['not yet valid, of the host', 'AUTH_INVALID', () => ofHost({ nbf: now() + 3_600 })],
  ['for somebody else', 'AUTH_INVALID', () => ours({ aud: 'mail' })],
  ['for somebody else, of the host', 'AUTH_INVALID', () => ofHost({ aud: 'mail' })],
  ['by somebody else', 'AUTH_INVALID', () => ours({ iss: 'mallory' })],
  ['of the host by our key', 'AUTH_INVALID', () => ours({ iss: HOST_ISSUER })],
  ['of ours by the host', 'AUTH_INVALID', () => ofHost({ iss: 'parley', sid: own.sid })],
  ['of another type', 'AUTH_INVALID', () => ours({}, { typ: 'JWT' })],
  ['of no type', 'AUTH_INVALID', () => ours({}, { typ: undefined })],
  ['alg none', 'AUTH_INVALID', () => `${part({ alg: 'none', typ: 'at+jwt', kid })}.${part(own)}.`],
  ['alg nOnE', 'AUTH_INVALID', () => `${part({ alg: 'nOnE', typ: 'at+jwt', kid })}.${part(own)}.`],
  [
    'alg none, of the host',
    'AUTH_INVALID',
    () => `${part({ alg: 'none' })}.${part({ ...own, iss: HOST_ISSUER })}.`,
  ],
  [
    'HS256 by our public key',
    'AUTH_INVALID',
    () => hmac(publicPem, { alg: 'HS256', typ: 'at+jwt', kid }, own),
  ],
  ['RS256 for HS256', 'AUTH_INVALID', () => ofHost({}, { algorithm: 'RS256' }, rsaPem)],
  ['HS512 for HS256', 'AUTH_INVALID', () => ofHost({}, { algorithm: 'HS512' })],
  ['a kid of nobody', 'AUTH_INVALID', () => ours({}, { kid: 'nobody' })],
  ['a kid that is a path', 'AUTH_INVALID', () => ours({}, { kid: '../../../../dev/null' })],
  ['a kid that is SQL', 'AUTH_INVALID', () => ours({}, { kid: "x' UNION SELECT 'key" })],
  ['a kid that is a URL', 'AUTH_INVALID', () => ours({}, { kid: 'http://127.0.0.1:9/key' })],
  ['a kid that is an object', 'AUTH_INVALID', () => ours({}, { kid: { $ne: 1 } })],
  ['a kid of many characters', 'AUTH_INVALID', () => ours({}, { kid: 'x'.repeat(2_000) })],
  [
    'a key set of its own',
    'AUTH_INVALID',
    () => ours({}, { jku: 'http://127.0.0.1:9/jwks' }, otherPem),
  ],
  [
    'a key of its own',
    'AUTH_INVALID',
    () =>
      ours(
        {},
        { jwk: createPublicKey(otherPem).export({ format: 'jwk' }), kid: undefined },
        otherPem,
      ),
  ],
  ['by another key', 'AUTH_INVALID', () => ours({}, {}, otherPem)],
  ['half a signature', 'AUTH_INVALID', () => half(ada.token)],
  ['no signature', 'AUTH_INVALID', () => ada.token.split('.').slice(0, 2).join('.')],
  ['an empty signature', 'AUTH_INVALID', () => `${ada.token.split('.').slice(0, 2).join('.')}.`],
  [
    'somebody else’s claims',
    'AUTH_INVALID',
    () => {
      const [head, , signature] = ada.token.split('.')
      return `${head}.${part({ ...own, sub: 'root' })}.${signature}`
    },
  ],
  ['no subject', 'AUTH_INVALID', () => ours({ sub: undefined })],
  ['a user of ours, named by the host', 'AUTH_INVALID', () => ofHost({ sub: own.sub })],
  ['words', 'AUTH_INVALID', () => 'let me in'],
]

const codeOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { code: string }).code

/** The gateway’s door: refused at the handshake, or as soon as the database was asked. */
async function atTheGateway(token: string): Promise<string> {
  let end = (_code: string): void => undefined
  const ended = new Promise<string>((resolve) => {
    end = resolve
  })
  const opening = connectSocket(
    cluster.gateways[0] ?? '',
    { token },
    { prepare: (socket) => socket.on('session:end', ({ code }) => end(code)) },
  )
  const opened = opening.then(
    ({ socket }) => {
      socket.disconnect()
      return 'let in'
    },
    (error: unknown) =>
      error instanceof ConnectRefused ? (error.data as { code: string }).code : String(error),
  )
  return Promise.race([ended, opened])
}

test.each(TABLE)('a token %s is %s at both doors', async (_, code, make) => {
  const token = make()
  if (token.includes('.')) noteSecret(token)
  const headers = { authorization: `Bearer ${token}` }
  expect({
    api: await codeOf(await fetch(`${cluster.api}/v1/me`, { headers })),
    gateway: await atTheGateway(token),
  }).toEqual({ api: code, gateway: code })
})

test('a session goes on with none of them', async () => {
  const socket = await connect(ada)
  for (const [what, , make] of TABLE.filter((_row, index) => index % 5 === 0)) {
    const reply = await socket.emitWithAck('auth:refresh', { token: make() })
    expect([what, reply.ok]).toEqual([what, false])
  }
  socket.disconnect()
})

const refresh = (refreshToken: string) =>
  fetch(`${cluster.api}/v1/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken }),
  })

const refusedEverywhere = (token: string): Promise<void> =>
  eventually(
    async () => {
      const headers = { authorization: `Bearer ${token}` }
      expect(await codeOf(await fetch(`${cluster.api}/v1/me`, { headers }))).toBe('AUTH_REVOKED')
      expect(await atTheGateway(token)).toBe('AUTH_REVOKED')
    },
    { timeoutMs: 20_000 },
  )

describe('what was good once', () => {
  test('a refresh token that is shown after the next one was used ends its session, with all that came of it', async () => {
    const user = await signUp()
    const socket = await connect(user)
    const ended = new Promise((resolve) => {
      socket.once('session:end', ({ code }) => resolve(code))
    })
    const first = (await (await refresh(user.refreshToken)).json()) as {
      accessToken: string
      refreshToken: string
    }
    noteSecret(first.accessToken, first.refreshToken)
    const next = (await (await refresh(first.refreshToken)).json()) as typeof first
    noteSecret(next.accessToken, next.refreshToken)
    expect((await refresh(user.refreshToken)).status).toBe(401)
    expect((await refresh(next.refreshToken)).status).toBe(401)
    expect(await ended).toBe('AUTH_REVOKED')
    await refusedEverywhere(next.accessToken)
    await refusedEverywhere(user.token)
    socket.disconnect()
  })

  test('a token is good for nothing after its user has signed out', async () => {
    const user = await signUp()
    await call('POST', '/v1/auth/logout', { userId: user.userId, token: user.token })
    await refusedEverywhere(user.token)
    expect((await refresh(user.refreshToken)).status).toBe(401)
  })

  test('signing out while Redis hangs ends the socket too', async () => {
    const user = await signUp()
    const socket = await connect(user, 1)
    const ended = new Promise((resolve) => {
      socket.once('session:end', ({ code }) => resolve(code))
    })
    process.kill(cluster.redisPid, 'SIGSTOP')
    try {
      await call('POST', '/v1/auth/logout', { userId: user.userId, token: user.token })
      expect(await ended).toBe('AUTH_REVOKED')
      await refusedEverywhere(user.token)
    } finally {
      process.kill(cluster.redisPid, 'SIGCONT')
    }
    socket.disconnect()
  })
})

test('a token in an address is heeded nowhere, and is in no log', async () => {
  const user = newPerson()
  const secret = encodeURIComponent(user.token)
  for (const name of ['token', 'access_token', 'authorization', 'auth[token]']) {
    for (const at of [cluster.api, cluster.url]) {
      const answer = await fetch(`${at}/v1/me?${name}=${secret}`)
      expect([name, answer.status]).toEqual([name, 401])
    }
    for (const at of [...cluster.gateways, cluster.url]) {
      const path = `/socket.io/?EIO=4&transport=polling&${name}=${secret}`
      const opened = await (await fetch(at + path)).text()
      const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
      await (await fetch(`${at}${path}&sid=${sid}`, { method: 'POST', body: '40' })).text()
      expect(await (await fetch(`${at}${path}&sid=${sid}`)).text()).toContain('AUTH_REQUIRED')
    }
  }
})

test('what was refused is in no log', async () => {
  await expectAllAlive()
  expectNoSecretsLogged()
})
