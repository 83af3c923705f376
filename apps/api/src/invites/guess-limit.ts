import { createLruCache } from '@parley/server-kit'
import { ParleyError } from '@parley/message-schema'

/** Codes that are none which one person may try in one window. */
const MISSES = 20
const WINDOW_MS = 60_000
const PEOPLE = 10_000

export interface GuessLimit {
  /** Throws `RATE_LIMITED` while this person has tried too many. */
  readonly check: (userId: string) => void
  readonly miss: (userId: string) => void
}

/** A code has 128 random bits: this keeps people from trying, not from finding. By replica. */
export function createGuessLimit(now: () => number = Date.now): GuessLimit {
  const windows = createLruCache<{ misses: number; endsAt: number }>({ max: PEOPLE })
  return {
    check(userId) {
      const window = windows.get(userId)
      if (window === undefined || window.endsAt <= now() || window.misses < MISSES) return
      throw new ParleyError('RATE_LIMITED', {
        message: 'Too many codes that were none.',
        retryAfterMs: window.endsAt - now(),
      })
    },
    miss(userId) {
      const window = windows.get(userId)
      if (window !== undefined && window.endsAt > now()) window.misses += 1
      else windows.set(userId, { misses: 1, endsAt: now() + WINDOW_MS })
    },
  }
}
