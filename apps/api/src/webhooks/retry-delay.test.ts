import { expect, test } from 'vitest'
import { readRetryAfter, retryDelay } from './retry-delay.ts'

const terms = { firstRetryMs: 5_000, longestRetryMs: 4 * 3_600_000 }
const NOW = new Date('2026-11-21T08:00:00Z')

test('waits double from the first on, up to the longest', () => {
  const waits = [1, 2, 3, 4].map((attempts) => retryDelay(attempts, terms, 0.5))
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000])
  expect(retryDelay(12, terms, 0.5)).toBe(5_000 * 2 ** 11)
  expect(retryDelay(13, terms, 0.5)).toBe(4 * 3_600_000)
  expect(retryDelay(10_000, terms, 0.5)).toBe(4 * 3_600_000)
})

test('a fifth more or less, by chance', () => {
  expect(retryDelay(1, terms, 0)).toBe(4_000)
  expect(retryDelay(1, terms, 1)).toBe(6_000)
})

test.each([
  [429, '120', 120_000],
  [503, ' 0 ', 0],
  [503, 'Sat, 21 Nov 2026 08:05:00 GMT', 300_000],
  [503, 'Sat, 21 Nov 2026 07:00:00 GMT', 0],
  [429, '999999999', 24 * 3_600_000],
  [429, 'soon', undefined],
  [429, undefined, undefined],
  [500, '120', undefined],
])('%i with Retry-After %s', (status, value, waitMs) => {
  expect(readRetryAfter(status, value, NOW)).toBe(waitMs)
})
