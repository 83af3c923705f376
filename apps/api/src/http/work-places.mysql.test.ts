import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ REQUESTS_AT_ONCE: '2' })
})
afterAll(() => api[Symbol.asyncDispose]())

const atWork = async (): Promise<number> => {
  const text = await (await fetch(`${api.url}/metrics`)).text()
  return Number(/parley_http_requests_at_work\S* (\d+)\n/u.exec(text)?.[1])
}

test('a full replica refuses the next at once, and still lets in who has to get in', async () => {
  const ada = await api.guest('Ada')
  const room = await ada.createRoom()
  // More than there are places: they wait for news, and take none.
  const gone = new AbortController()
  const polls = Array.from({ length: 4 }, () =>
    api
      .call('GET', `/v1/rooms/${room.id}/events?after=${room.head}&waitMs=25000`, {
        token: ada.session.accessToken,
        signal: gone.signal,
      })
      .catch(() => undefined),
  )
  await expect.poll(async () => (await ada.get('/v1/me')).status).toBe(200)
  await api.database.query('LOCK TABLES room_event WRITE')
  const path = `/v1/rooms/${room.id}/events?after=0`
  const held = [ada.get(path), ada.get(path)]
  await expect.poll(atWork).toBe(2)

  const refused = await ada.get(path)
  expect(refused.status).toBe(503)
  expect(refused.body).toMatchObject({ code: 'SERVER_BUSY', retryable: true })
  expect(refused.body.retryAfterMs).toBeGreaterThanOrEqual(500)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await fetch(`${api.url}/readyz`)).status).toBe(200)
  expect((await api.call('POST', '/v1/auth/guest')).status).toBe(201)

  await api.database.query('UNLOCK TABLES')
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200])
  await expect.poll(atWork).toBe(0)
  expect((await ada.get(path)).status).toBe(200)
  gone.abort()
  await Promise.all(polls)
})

test('a refusal, and somebody who goes away, give their places back', async () => {
  const ada = await api.guest('Ada')
  const room = await ada.createRoom()
  await api.database.query('LOCK TABLES room_event WRITE')
  const gone = new AbortController()
  const path = `/v1/rooms/${room.id}/events?after=0`
  const left = api.call('GET', path, { token: ada.session.accessToken, signal: gone.signal })
  await expect.poll(atWork).toBe(1)
  gone.abort()
  await expect(left).rejects.toThrow()
  await api.database.query('UNLOCK TABLES')
  await expect.poll(atWork).toBe(0)
  for (const body of [{ name: '' }, { nobody: 1 }, { name: 'A room', visibility: 'public' }]) {
    await ada.call('POST', '/v1/rooms', body)
  }
  expect((await ada.get('/v1/rooms/none')).status).toBeGreaterThanOrEqual(400)
  expect(await atWork()).toBe(0)
})
