export interface RetryTerms {
  readonly firstRetryMs: number
  readonly longestRetryMs: number
}

/** Up to a fifth more or less, so that what failed together does not come back together. */
const JITTER = 0.2
const LONGEST_PAUSE_MS = 24 * 3_600_000

/** Before the try after the `attempts`-th. `random` is from 0 to 1. */
export function retryDelay(attempts: number, terms: RetryTerms, random: number): number {
  const { firstRetryMs, longestRetryMs } = terms
  const plain = Math.min(firstRetryMs * 2 ** Math.min(attempts - 1, 40), longestRetryMs)
  return Math.round(plain * (1 + JITTER * (2 * random - 1)))
}

/** `Retry-After` of 429 and 503: seconds or a date. Milliseconds from now; undefined if it says nothing. */
export function readRetryAfter(
  status: number,
  value: string | undefined,
  now: Date,
): number | undefined {
  if ((status !== 429 && status !== 503) || value === undefined) return undefined
  const seconds = /^\d{1,9}$/u.test(value.trim()) ? Number(value) : undefined
  const waitMs = seconds === undefined ? Date.parse(value) - now.getTime() : seconds * 1_000
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), LONGEST_PAUSE_MS)
}
