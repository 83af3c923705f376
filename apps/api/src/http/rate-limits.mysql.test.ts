import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ AUTH_RATE_PER_MINUTE: '4', REQUEST_RATE_PER_MINUTE: '5' })
})
afterAll(() => api[Symbol.asyncDispose]())

test('who is too fast is told until when, and is not in the way of others', async () => {
  const ada = await api.guest('Ada')
  const bob = await api.guest('Bob')
  const all = await Promise.all(Array.from({ length: 6 }, () => ada.get('/v1/me')))
  const refused = all.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(1)
  expect(refused[0]?.body).toMatchObject({ code: 'RATE_LIMITED', retryable: true })
  expect(refused[0]?.body.retryAfterMs).toBeGreaterThan(0)
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused[0]?.headers.get('ratelimit')).toContain('"user"')
  expect((await bob.get('/v1/me')).status).toBe(200)

  const guest = () => api.call('POST', '/v1/auth/guest')
  const guests = [await guest(), await guest(), await guest()]
  expect(guests.map(({ status }) => status)).toEqual([201, 201, 429])
  expect((await api.call('GET', '/.well-known/jwks.json')).status).toBe(200)
  expect((await api.call('GET', '/readyz')).status).toBe(200)
})
