import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({
    AUTH_RATE_PER_MINUTE: '6',
    REQUEST_RATE_PER_MINUTE: '5',
    WRITE_RATE_PER_MINUTE: '2',
    ADDRESS_RATE_PER_MINUTE: '40',
  })
})
afterAll(() => api[Symbol.asyncDispose]())

test('who is too fast is told until when, and is not in the way of others', async () => {
  const ada = await api.guest('Ada')
  const bob = await api.guest('Bob')
  const all = await Promise.all(Array.from({ length: 6 }, () => ada.get('/v1/me')))
  const refused = all.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(1)
  expect(refused[0]?.body).toMatchObject({
    code: 'RATE_LIMITED',
    retryable: true,
    details: { bucket: 'user-read', limit: 5, windowMs: 60_000 },
  })
  expect(refused[0]?.body.retryAfterMs).toBeGreaterThan(0)
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused[0]?.headers.get('ratelimit')).toContain('"user-read"')
  expect(refused[0]?.headers.get('ratelimit-policy')).toContain('"address"; q=40')
  const asBob = await bob.get('/v1/me')
  expect(asBob.status).toBe(200)
  // The tightest of all buckets that it took from.
  expect(asBob.headers.get('ratelimit-limit')).toBe('5')
  expect(asBob.headers.get('ratelimit-remaining')).toBe('4')
  expect(Number(asBob.headers.get('ratelimit-reset'))).toBeGreaterThan(0)

  // Who has read too much may still write, and the other way round.
  const write = () => ada.call('POST', '/v1/rooms', { name: 'A room', visibility: 'public' })
  const writes = [await write(), await write(), await write()]
  expect(writes.map(({ status }) => status)).toEqual([201, 201, 429])
  expect(writes[2]?.body.details).toMatchObject({ bucket: 'user-write' })
  // Catching up is reading, though it is asked for by a POST.
  const sync = await ada.call('POST', '/v1/sync', { rooms: {} })
  expect(sync.body.details).toMatchObject({ bucket: 'user-read' })

  const guest = () => api.call('POST', '/v1/auth/guest')
  const guests = [await guest(), await guest(), await guest(), await guest(), await guest()]
  expect(guests.map(({ status }) => status)).toEqual([201, 201, 201, 201, 429])
  expect(guests[4]?.body.details).toMatchObject({ bucket: 'auth' })
})

test('an address is limited before it is known who asks, but not where machines ask', async () => {
  const answers = []
  for (let asked = 0; asked < 40; asked += 1) {
    answers.push(await api.call('GET', '/v1/me', { token: 'garbage' }))
  }
  expect(answers[0]?.body.code).toBe('AUTH_INVALID')
  expect(answers.at(-1)?.body.details).toMatchObject({ bucket: 'address', limit: 40 })
  expect((await api.call('GET', '/.well-known/jwks.json')).status).toBe(200)
  expect((await api.call('GET', '/readyz')).status).toBe(200)
})
