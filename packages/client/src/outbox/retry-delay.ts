import type { ChatError } from '../chat-error.ts'

const FIRST_MS = 500
const LONGEST_MS = 30_000
/** What is told to many at once is not obeyed by all in the same moment. */
const SPREAD_MS = 500

/** How long to wait after attempt `attempt` (the first is 0): full jitter, and never less than told. */
export function retryDelayMs(error: ChatError, attempt: number, random: () => number): number {
  if (error.retryAfterMs !== undefined) {
    return Math.ceil(error.retryAfterMs + random() * Math.min(SPREAD_MS, FIRST_MS * 2 ** attempt))
  }
  return Math.ceil(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16)))
}
