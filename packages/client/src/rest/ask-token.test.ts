import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ChatError } from '../chat-error.ts'
import { askToken } from './ask-token.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('what does not answer is given up after 30 s, as one that may answer later', async () => {
  const asked = askToken(() => new Promise(() => undefined), null)
  const refusal = expect(asked).rejects.toMatchObject({ code: 'SERVER_BUSY', isRetryable: true })
  await vi.advanceTimersByTimeAsync(30_000)
  await refusal
  expect(vi.getTimerCount()).toBe(0)
})

test('what it throws, at once or later, is told as nothing done, but for an error of ours', async () => {
  const thrower = (error: unknown) => (): Promise<string> => {
    throw error
  }
  const away = new Error('no network')
  const refusal = { code: 'SERVER_BUSY', isRetryable: true, cause: away }
  await expect(askToken(thrower(away), null)).rejects.toMatchObject(refusal)
  const over = new ChatError({ code: 'AUTH_REVOKED', message: 'Over.' })
  await expect(askToken(async () => thrower(over)(), null)).rejects.toBe(over)
  expect(vi.getTimerCount()).toBe(0)
})
