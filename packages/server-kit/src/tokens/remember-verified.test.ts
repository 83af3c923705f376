import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Identity } from './claims.ts'
import { rememberVerified } from './remember-verified.ts'
import { TokenError } from './token-error.ts'

const NOW_MS = Date.UTC(2026, 0, 1)

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS }))
afterEach(() => void vi.useRealTimers())

const identity = (over: Partial<Identity> = {}): Identity => ({
  userId: 'ada',
  sessionId: 's',
  issuedAtMs: NOW_MS,
  expiresAtMs: NOW_MS + 600_000,
  ...over,
})

test('is verified once in a while, each token by itself', async () => {
  const verify = vi.fn(async (token: string) => identity({ userId: token }))
  const remembered = rememberVerified(verify)
  expect(await remembered('ada')).toMatchObject({ userId: 'ada' })
  expect(await remembered('bob')).toMatchObject({ userId: 'bob' })
  expect(await remembered('ada')).toMatchObject({ userId: 'ada' })
  expect(verify).toHaveBeenCalledTimes(2)
})

test('is verified again after a while', async () => {
  vi.useRealTimers()
  const verify = vi.fn(async () => identity({ expiresAtMs: Date.now() + 600_000 }))
  const remembered = rememberVerified(verify, 1)
  await vi.waitFor(async () => {
    await remembered('ada')
    expect(verify.mock.calls.length).toBeGreaterThan(1)
  })
})

test('ends when the token does, however short it is known', async () => {
  const verify = vi.fn<() => Promise<Identity>>()
  verify.mockResolvedValueOnce(identity({ expiresAtMs: NOW_MS + 10_000 }))
  verify.mockRejectedValue(new TokenError('AUTH_EXPIRED', 'not verified'))
  const remembered = rememberVerified(verify)
  await remembered('ada')
  vi.advanceTimersByTime(14_999)
  await expect(remembered('ada')).resolves.toMatchObject({ userId: 'ada' })
  vi.advanceTimersByTime(1)
  await expect(remembered('ada')).rejects.toThrow(TokenError)
})

test('is verified anew where the clock was set back behind its beginning', async () => {
  const verify = vi.fn(async () => identity())
  const remembered = rememberVerified(verify)
  await remembered('ada')
  vi.setSystemTime(NOW_MS - 6_000)
  await remembered('ada')
  expect(verify).toHaveBeenCalledTimes(2)
})

test('what was refused is asked for again', async () => {
  const verify = vi.fn<() => Promise<Identity>>()
  verify.mockRejectedValueOnce(new TokenError('SERVER_BUSY', 'the key set cannot be fetched'))
  verify.mockResolvedValue(identity())
  const remembered = rememberVerified(verify)
  await expect(remembered('ada')).rejects.toThrow('the key set')
  await expect(remembered('ada')).resolves.toMatchObject({ userId: 'ada' })
})
