import { expect, test } from 'vitest'
import { problem, startScriptedServer, type Scripted } from '../testing/scripted-server.ts'
import { createCallRoute, type CallRoutePorts } from './create-call-route.ts'

const OK: Scripted = { status: 200, body: { ok: true } }
const BUSY = problem('SERVER_BUSY', 503, { retryable: true, retryAfterMs: 7 })
const id = '01900000-0000-7000-8000-000000000001'

function caller(url: string, ports: Partial<CallRoutePorts> = {}) {
  const pauses: number[] = []
  const call = createCallRoute({
    url,
    getToken: async () => 'token',
    random: () => 1,
    sleep: async (ms) => void pauses.push(ms),
    ...ports,
  })
  return { call, pauses }
}

test('values are put into the address as what they are, and nothing of them is read as an address', async () => {
  await using server = await startScriptedServer(() => OK)
  const { call } = caller(server.url)
  await call('GET /v1/rooms/:id/members/:userId', { params: { id, userId: 'a/b?c#d e,f%' } })
  await call('GET /v1/users', { query: { q: 'a&b=c', ids: undefined, limit: 5 } })
  expect(server.asked.map(({ path }) => path)).toEqual([
    `/v1/rooms/${id}/members/a%2Fb%3Fc%23d%20e%2Cf%25`,
    '/v1/users?q=a%26b%3Dc&limit=5',
  ])
  for (const userId of ['.', '..', '']) {
    const params = { id, userId }
    await expect(call('DELETE /v1/rooms/:id/members/:userId', { params })).rejects.toMatchObject({
      code: 'INVALID',
    })
  }
  expect(server.asked).toHaveLength(2)
})

test('it says who calls, and nothing is taken from a cache', async () => {
  await using server = await startScriptedServer(() => OK)
  const given: RequestInit[] = []
  const { call } = caller(server.url, {
    fetch: (input, init) => {
      given.push(init ?? {})
      return fetch(input, init)
    },
  })
  const body = { upTo: 3 }
  await expect(call('PUT /v1/rooms/:id/read', { params: { id }, body })).resolves.toEqual({
    ok: true,
  })
  expect(server.asked[0]).toMatchObject({
    method: 'PUT',
    text: JSON.stringify(body),
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
  })
  expect(given[0]?.cache).toBe('no-store')
})

test('a retry of a POST keeps the key that its call was given or has made', async () => {
  await using server = await startScriptedServer((_asked, nth) =>
    nth % 3 === 0 ? { status: 201, body: {} } : nth % 3 === 1 ? 'cut' : BUSY,
  )
  const { call, pauses } = caller(server.url)
  const body = { name: 'a room', visibility: 'public' } as const
  await call('POST /v1/rooms', { body })
  await call('POST /v1/rooms', { body })
  await call('POST /v1/rooms', { body, idempotencyKey: 'mine' })
  const keys = server.asked.map(({ headers }) => headers['idempotency-key'])
  expect(new Set(keys.slice(0, 3)).size).toBe(1)
  expect(new Set(keys.slice(3, 6)).size).toBe(1)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/u)
  expect(keys[3]).not.toBe(keys[0])
  expect(keys.slice(6)).toEqual(['mine', 'mine', 'mine'])
  expect(pauses).toEqual([400, 807, 400, 807, 400, 807])
})

test('what may have been done and would be done twice is not tried again', async () => {
  await using server = await startScriptedServer(() => 'cut')
  const { call } = caller(server.url)
  await expect(call('PATCH /v1/me', { body: { displayName: 'A' } })).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
    isRetryable: true,
  })
  expect(server.asked).toHaveLength(1)
})

test('a refusal is thrown as it was said, at once', async () => {
  const details = { permission: 'message:pin' }
  await using server = await startScriptedServer(() =>
    problem('FORBIDDEN', 403, { retryable: false, requestId: 'r1', details }),
  )
  const { call } = caller(server.url)
  await expect(call('GET /v1/me')).rejects.toMatchObject({
    name: 'ChatError',
    code: 'FORBIDDEN',
    isRetryable: false,
    requestId: 'r1',
    details,
  })
  expect(server.asked).toHaveLength(1)
})

test('a wait that is too long is left to the caller', async () => {
  await using server = await startScriptedServer(() =>
    problem('RATE_LIMITED', 429, { retryable: true, retryAfterMs: 60_000 }),
  )
  const { call, pauses } = caller(server.url)
  await expect(call('GET /v1/me')).rejects.toMatchObject({ retryAfterMs: 60_000 })
  expect(pauses).toEqual([])
})

test.each([
  [503, 'GET', 'SERVER_BUSY'],
  [502, 'GET', 'SERVER_BUSY'],
  [503, 'POST', 'SERVER_BUSY'],
  [408, 'GET', 'SERVER_BUSY'],
  [408, 'POST', 'SERVER_BUSY'],
  [502, 'POST', 'UNKNOWN_OUTCOME'],
  [504, 'POST', 'UNKNOWN_OUTCOME'],
  // A network in between, or a balancer before it knows its servers: it may let it through later.
  [403, 'GET', 'INTERNAL'],
  [404, 'POST', 'INTERNAL'],
  [429, 'GET', 'INTERNAL'],
  // That is said of what is asked.
  [413, 'POST', 'TOO_LARGE'],
])('a proxy that answers %i to a %s means %s', async (status, method, code) => {
  await using server = await startScriptedServer(() => ({
    status,
    body: '<h1>No</h1>',
    type: 'text/html',
  }))
  const { call } = caller(server.url, { retries: 0 })
  const asked =
    method === 'GET' ? call('GET /v1/me') : call('POST /v1/dms', { body: { userIds: ['a'] } })
  await expect(asked).rejects.toMatchObject({ code, isRetryable: status !== 413 })
})

test('the page of a network that wants a sign-in is no answer', async () => {
  const html = { status: 200, body: '<form>', type: 'text/html; charset=utf-8' }
  await using server = await startScriptedServer(() => html)
  const { call } = caller(server.url, { retries: 0 })
  await expect(call('GET /v1/me')).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
})

test.each([
  ['nothing', { status: 204 }],
  ['null', { status: 200, body: null }],
  ['a word', { status: 200, body: 'welcome' }],
  ['plain text', { status: 200, body: 'welcome', type: 'text/plain' }],
])('to a GET %s is no answer', async (_what, answer) => {
  await using server = await startScriptedServer(() => answer)
  const { call } = caller(server.url, { retries: 0 })
  await expect(call('GET /v1/me')).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
    isRetryable: true,
  })
})

test('a code of a newer server is an error that may be tried again if it says so', async () => {
  await using server = await startScriptedServer(() =>
    problem('TOO_EARLY', 425, { retryable: true }),
  )
  const { call } = caller(server.url)
  await expect(call('GET /v1/me')).rejects.toMatchObject({ code: 'INTERNAL', isRetryable: true })
  expect(server.asked).toHaveLength(3)
})

test('a token that ended is renewed once, then the answer holds', async () => {
  await using server = await startScriptedServer(({ headers }) =>
    headers.authorization === 'Bearer good' ? OK : problem('AUTH_EXPIRED', 401),
  )
  const stales: (string | null)[] = []
  const getToken = async (stale: string | null) => {
    stales.push(stale)
    return stale === 'old' ? 'good' : 'old'
  }
  await expect(caller(server.url, { getToken }).call('GET /v1/me')).resolves.toEqual({ ok: true })
  expect(stales).toEqual([null, 'old'])
  await expect(caller(server.url).call('GET /v1/me')).rejects.toMatchObject({
    code: 'AUTH_EXPIRED',
  })
  expect(server.asked).toHaveLength(3)
})

test('an answer without a body is no value', async () => {
  await using server = await startScriptedServer(() => ({ status: 204 }))
  const { call } = caller(server.url)
  await expect(call('DELETE /v1/files/:id', { params: { id } })).resolves.toBeUndefined()
})

test('whoever has no interest any more is told nothing but that', async () => {
  let reached = (): void => undefined
  const asked = new Promise<void>((resolve) => {
    reached = resolve
  })
  await using server = await startScriptedServer(() => {
    reached()
    return new Promise(() => undefined)
  })
  const ending = new AbortController()
  const { call } = caller(server.url)
  const answer = call('GET /v1/me', { signal: ending.signal })
  await asked
  ending.abort()
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  await expect(call('GET /v1/me', { signal: ending.signal })).rejects.toMatchObject({
    name: 'AbortError',
  })
  expect(server.asked).toHaveLength(1)
})
