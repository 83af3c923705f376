import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import jwt from 'jsonwebtoken'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listen } from '../listen.ts'
import { TokenError } from './token-error.ts'
import { createVerifyToken, type VerifyToken } from './verify-token.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

interface Key {
  readonly kid: string
  readonly pem: string
  readonly jwk: JsonWebKey
}

function newKey(kid: string): Key {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { kid, pem, jwk: { ...jwk, kid, use: 'sig' } }
}

const first = newKey('first')
const second = newKey('second')
const tokenBy = ({ pem }: Key, kid: string | null): string =>
  jwt.sign({ sub: 'ada', iss: 'shop', aud: 'chat', exp: Date.now() / 1_000 + 3_600 }, pem, {
    algorithm: 'ES256',
    noTimestamp: true,
    ...(kid !== null && { keyid: kid }),
  })

let server: Server
let verify: VerifyToken
let answer: { status: number; body: unknown }
let fetched: number

const publish = (...keys: readonly Key[]): void => {
  answer = { status: 200, body: { keys: keys.map(({ jwk }) => jwk) } }
}
const goAway = (): void => {
  answer = { status: 503, body: 'away' }
}
const later = (ms: number): unknown => vi.setSystemTime(Date.now() + ms)

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  fetched = 0
  server = createServer((_request, response) => {
    fetched += 1
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer.body))
  })
  const port = await listen(server, 0, '127.0.0.1')
  const host = { issuer: 'shop', audience: 'chat', jwksUrl: `http://127.0.0.1:${port}/jwks` }
  const settings = { issuer: 'parley', audience: 'chat', host }
  verify = createVerifyToken(settings, { keySet: { keys: [] } })
  publish(first)
})
afterEach(async () => {
  vi.useRealTimers()
  await new Promise((resolve) => {
    server.close(resolve)
  })
})

/** The user, or the code of the refusal. */
async function outcomeOf(key: Key, kid: string | null = key.kid): Promise<unknown> {
  try {
    return (await verify(tokenBy(key, kid))).userId
  } catch (error) {
    return error instanceof TokenError ? error.code : error
  }
}
const sendJunk = async (times: number): Promise<Set<unknown>> => {
  const junk = Array.from({ length: times }, (_, index) => outcomeOf(second, `junk-${index}`))
  return new Set(await Promise.all(junk))
}

test('a key is fetched once for all who ask, and again after ten minutes', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(first)))
  expect(new Set(all)).toEqual(new Set(['ada']))
  expect(fetched).toBe(1)
  later(9 * MINUTE_MS)
  await outcomeOf(first)
  expect(fetched).toBe(1)
  later(2 * MINUTE_MS)
  await outcomeOf(first)
  expect(fetched).toBe(2)
})

test('a key that is published later is found, and one that was withdrawn is refused', async () => {
  await outcomeOf(first)
  expect(await outcomeOf(second)).toBe('AUTH_INVALID')
  publish(second)
  expect(await outcomeOf(second)).toBe('ada')
  expect(await outcomeOf(first)).toBe('AUTH_INVALID')
})

test('all keys may be withdrawn at once', async () => {
  await outcomeOf(first)
  publish()
  later(11 * MINUTE_MS)
  expect(await outcomeOf(first)).toBe('AUTH_INVALID')
})

test('who signs in with keys that are none keeps no withdrawn key alive', async () => {
  await outcomeOf(first)
  publish(second)
  for (let minute = 0; minute < 11; minute += 1) {
    later(MINUTE_MS)
    // Whatever is fetched for them fails, so that nothing is learned by it.
    const { status, body } = answer
    goAway()
    await sendJunk(200)
    answer = { status, body }
  }
  later(1_000)
  expect(await outcomeOf(first)).toBe('AUTH_INVALID')
})

test('keys that are none are fetched for at a rate of their own', async () => {
  await outcomeOf(first)
  for (let asked = 0; asked < 200; asked += 1) await outcomeOf(second, `junk-${asked}`)
  expect(fetched).toBeLessThan(70)
  expect(await outcomeOf(second, 'one-more')).toBe('SERVER_BUSY')
  expect(await outcomeOf(first)).toBe('ada')
})

test('while the set cannot be fetched its keys are good for hours, and not for days', async () => {
  await outcomeOf(first)
  goAway()
  later(12 * HOUR_MS)
  expect(await outcomeOf(first)).toBe('ada')
  // Nobody knows whether this one is in the set by now.
  expect(await outcomeOf(second)).toBe('SERVER_BUSY')
  later(13 * HOUR_MS)
  expect(await outcomeOf(first)).toBe('SERVER_BUSY')
  publish(first)
  later(2_000)
  expect(await outcomeOf(first)).toBe('ada')
})

test('an answer that is no key set withdraws nothing', async () => {
  await outcomeOf(first)
  answer = { status: 200, body: {} }
  later(HOUR_MS)
  expect(await outcomeOf(first)).toBe('ada')
})

test('the `kid` may be left out where there is one key, and keys of other kinds are passed over', async () => {
  const odd = { kty: 'oct', k: 'c2VjcmV0', kid: 'odd' }
  const sealing = { ...second.jwk, use: 'enc' }
  answer = { status: 200, body: { keys: [odd, sealing, first.jwk] } }
  expect(await outcomeOf(first, null)).toBe('ada')
  expect(await outcomeOf(second)).toBe('AUTH_INVALID')
  publish(first, second)
  later(11 * MINUTE_MS)
  expect(await outcomeOf(first, null)).toBe('AUTH_INVALID')
})
