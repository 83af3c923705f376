import { randomUUID } from 'node:crypto'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../testing/test-api.ts'

const HOST_SECRET = 'a-secret-that-the-host-shares-with-us'
const HOST_ISSUER = 'https://host.example'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwks = createServer((_request, response) => {
  const key = {
    ...rsa.publicKey.export({ format: 'jwk' }),
    kid: 'host-1',
    use: 'sig',
    alg: 'RS256',
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ keys: [key] }))
})

let api: TestApi

beforeAll(async () => {
  await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve))
  const { port } = jwks.address() as AddressInfo
  api = await startTestApi({
    HOST_JWT_SECRET: HOST_SECRET,
    HOST_JWT_ISSUER: HOST_ISSUER,
    HOST_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
  })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  jwks.close()
})

const password = 'correct horse battery'
let names = 0
const newName = (): string => `person-${(names += 1)}`
const register = (username: string) =>
  api.call('POST', '/v1/auth/register', { body: { username, password } })
const refresh = (refreshToken: string) =>
  api.call('POST', '/v1/auth/refresh', { body: { refreshToken } })
const me = (token: string) => api.call('GET', '/v1/me', { token })

describe('accounts', () => {
  test('an account is created signed in, and its name is taken from then on', async () => {
    const { status, body } = await register('Ada.Lovelace')
    expect(status).toBe(201)
    expect(body.user).toMatchObject({ username: 'ada.lovelace', kind: 'account' })
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now())
    expect((await me(body.accessToken)).body.user.id).toBe(body.user.id)
    expect(JSON.stringify(body)).not.toContain('argon2')

    const again = await register('ADA.lovelace')
    expect(again.status).toBe(409)
    expect(again.body.code).toBe('CONFLICT')
  })

  test('twenty registrations of one name at once make one account', async () => {
    const name = newName()
    const all = await Promise.all(Array.from({ length: 20 }, () => register(name)))
    expect(all.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(all.filter(({ status }) => status === 409)).toHaveLength(19)
  })

  test('a wrong password and an unknown name are refused alike', async () => {
    const name = newName()
    await register(name)
    const login = (username: string, secret: string) =>
      api.call('POST', '/v1/auth/login', { body: { username, password: secret } })
    expect((await login(name.toUpperCase(), password)).status).toBe(200)
    const wrong = await login(name, 'not the password')
    const unknown = await login('nobody-of-this-name', password)
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(wrong.body.message).toBe(unknown.body.message)
  })

  test('a name that failed too often is shut for a while, whatever the password', async () => {
    const name = newName()
    await register(name)
    const login = (secret: string) =>
      api.call('POST', '/v1/auth/login', { body: { username: name, password: secret } })
    for (let i = 0; i < 10; i += 1) await login('wrong password')
    const shut = await login(password)
    expect(shut.status).toBe(429)
    expect(shut.body.code).toBe('RATE_LIMITED')
    expect(shut.body.retryAfterMs).toBeGreaterThan(0)
    expect(Number(shut.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('of sixty guesses at the same time ten are compared', async () => {
    const name = newName()
    await register(name)
    const guess = () =>
      api.call('POST', '/v1/auth/login', { body: { username: name, password: 'wrong password' } })
    const answers = await Promise.all(Array.from({ length: 60 }, guess))
    const codes = answers.map(({ body }) => body.code)
    expect(codes.filter((code) => code === 'AUTH_INVALID')).toHaveLength(10)
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(50)
  })

  test('a guest has a name without being asked for one', async () => {
    const { status, body } = await api.call('POST', '/v1/auth/guest')
    expect(status).toBe(201)
    expect(body.user).toMatchObject({ kind: 'guest', username: null })
    expect(body.user.displayName).toMatch(/^Guest \d{4}$/u)
  })
})

describe('sessions', () => {
  const versionOf = async (userId: string): Promise<number> => {
    const rows = await api.database.query('SELECT version FROM user_head WHERE user_id = ?', [
      userId,
    ])
    return rows[0]?.version ?? 0
  }

  test('a refresh token works once, and the next one goes on', async () => {
    const first = (await register(newName())).body
    const second = (await refresh(first.refreshToken)).body
    expect(second.user.id).toBe(first.user.id)
    expect(second.refreshToken).not.toBe(first.refreshToken)
    const third = await refresh(second.refreshToken)
    expect(third.status).toBe(200)
    expect((await me(third.body.accessToken)).status).toBe(200)
  })

  test('an answer that was lost is given again, however often it is asked for at once', async () => {
    const first = (await register(newName())).body
    const all = await Promise.all(Array.from({ length: 10 }, () => refresh(first.refreshToken)))
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 200))
    const tokens = new Set(all.map(({ body }) => body.refreshToken))
    expect(tokens.size).toBe(1)
    expect((await me(all[9]!.body.accessToken)).status).toBe(200)
    expect((await refresh(all[0]!.body.refreshToken)).status).toBe(200)
    expect(await versionOf(first.user.id)).toBe(0)
  })

  const ended = async (
    refreshToken: string,
    used: { accessToken: string; user: { id: string } },
  ) => {
    const reuse = await refresh(refreshToken)
    expect([reuse.status, reuse.body.code]).toEqual([401, 'AUTH_REVOKED'])
    expect((await me(used.accessToken)).body.code).toBe('AUTH_REVOKED')
    expect(await versionOf(used.user.id)).toBe(1)
  }

  test('a refresh token that is shown again after the next one was used ends the session for everybody', async () => {
    const first = (await register(newName())).body
    const second = (await refresh(first.refreshToken)).body
    const third = (await refresh(second.refreshToken)).body
    await ended(first.refreshToken, third)
    expect((await refresh(third.refreshToken)).body.code).toBe('AUTH_REVOKED')
  })

  test('so does one that is shown again after more than a minute', async () => {
    const first = (await register(newName())).body
    const second = (await refresh(first.refreshToken)).body
    const id = Buffer.from(first.refreshToken.split('.')[0].replaceAll('-', ''), 'hex')
    await api.database.query(
      'UPDATE session SET refreshed_at = refreshed_at - INTERVAL 61 SECOND WHERE id = ?',
      [id],
    )
    await ended(first.refreshToken, second)
    expect((await refresh(second.refreshToken)).body.code).toBe('AUTH_REVOKED')
  })

  test('what is no refresh token, or of no session, is refused', async () => {
    expect((await refresh('nonsense')).body.code).toBe('AUTH_INVALID')
    const unknown = `${randomUUID()}.${'a'.repeat(43)}`
    expect((await refresh(unknown)).body.code).toBe('AUTH_INVALID')
  })

  test('a session that is past its end answers that it expired', async () => {
    const { refreshToken } = (await register(newName())).body
    const id = Buffer.from(refreshToken.split('.')[0].replaceAll('-', ''), 'hex')
    await api.database.query(
      'UPDATE session SET expires_at = UTC_TIMESTAMP() - INTERVAL 1 DAY WHERE id = ?',
      [id],
    )
    expect((await refresh(refreshToken)).body.code).toBe('AUTH_EXPIRED')
  })

  test('after signing out, neither token is good any more', async () => {
    const session = (await register(newName())).body
    expect((await me(session.accessToken)).status).toBe(200)
    const out = await api.call('POST', '/v1/auth/logout', { token: session.accessToken })
    expect(out.status).toBe(204)
    expect((await me(session.accessToken)).body.code).toBe('AUTH_REVOKED')
    expect((await refresh(session.refreshToken)).body.code).toBe('AUTH_REVOKED')
    expect(await versionOf(session.user.id)).toBe(1)
  })

  test('refresh tokens are kept as hashes only', async () => {
    const { refreshToken } = (await register(newName())).body
    const rows = await api.database.query('SELECT token_hash FROM session')
    const secret = Buffer.from(refreshToken.split('.')[1], 'base64url')
    expect(rows.some((row: { token_hash: Buffer }) => row.token_hash.equals(secret))).toBe(false)
  })
})

describe('users of a host application', () => {
  const claims = (sub: string, more: object = {}) => ({ sub, name: 'Élodie', ...more })
  const options = { issuer: HOST_ISSUER, audience: 'parley', expiresIn: 300 }
  const hs256 = (sub: string, more: object = {}) =>
    jwt.sign(claims(sub, more), HOST_SECRET, options)
  const rs256 = (sub: string) =>
    jwt.sign(claims(sub), rsa.privateKey, { ...options, algorithm: 'RS256', keyid: 'host-1' })

  test('exist from the first request that they make, also when twenty come at once', async () => {
    const token = hs256('host-42')
    const all = await Promise.all(Array.from({ length: 20 }, () => me(token)))
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(all[0]?.body.user).toMatchObject({ id: 'host-42', kind: 'host', displayName: 'Élodie' })
  })

  test('come with RS256 and a key set too', async () => {
    const { status, body } = await me(rs256('host-rs'))
    expect([status, body.user?.id]).toEqual([200, 'host-rs'])
  })

  test('are renamed when their tokens say so, and keep what is not said', async () => {
    await me(hs256('host-7', { picture: 'https://host.example/7.png' }))
    const { body } = await me(hs256('host-7', { name: 'Ada', picture: 'javascript:alert(1)' }))
    expect(body.user).toMatchObject({
      displayName: 'Ada',
      avatarUrl: 'https://host.example/7.png',
    })
  })

  test('cannot be an account of ours', async () => {
    const account = (await register(newName())).body.user
    const { status, body } = await me(hs256(account.id))
    expect([status, body.code]).toEqual([401, 'AUTH_INVALID'])
    const rows = await api.database.query('SELECT kind FROM user WHERE id = ?', [account.id])
    expect(rows[0].kind).toBe('account')
  })

  test('are not let into a gateway as an account of ours either', async () => {
    const account = (await register(newName())).body.user
    const { body } = await api.call('POST', '/internal/users', {
      token: 'internal-token-of-a-test',
      body: {
        users: [
          { id: account.id, host: {} },
          { id: 'host-new', host: {} },
        ],
      },
    })
    expect(Object.keys(body.users)).toEqual(['host-new'])
  })

  test('sign out where they signed in', async () => {
    const out = await api.call('POST', '/v1/auth/logout', { token: hs256('host-9') })
    expect(out.status).toBe(403)
  })
})

test('the public key is there to verify with', async () => {
  const { status, headers, body } = await api.call('GET', '/.well-known/jwks.json')
  expect(status).toBe(200)
  expect(headers.get('cache-control')).toBe('public, max-age=300')
  expect(body.keys[0]).toMatchObject({ kty: 'EC', alg: 'ES256' })
  expect(body.keys[0]).not.toHaveProperty('d')
})
