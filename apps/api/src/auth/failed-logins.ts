import { createLruCache } from '@parley/server-kit'
import { ParleyError } from '@parley/message-schema'

/** Failures that one name may have in one window, from whatever addresses. */
const FAILURES = 10
const WINDOW_MS = 60_000
const NAMES = 10_000

export interface FailedLogins {
  /** Throws `RATE_LIMITED` while the name has failed too often, for the right password too. */
  readonly check: (username: string) => void
  readonly add: (username: string) => void
  readonly clear: (username: string) => void
}

/**
 * Against guessing one person's password from many addresses. The window is short because anybody
 * can shut anybody's name with it; kept by each replica for itself.
 */
export function createFailedLogins(now: () => number = Date.now): FailedLogins {
  const windows = createLruCache<{ failures: number; endsAt: number }>({ max: NAMES })
  const living = (username: string) => {
    const window = windows.get(username)
    return window !== undefined && window.endsAt > now() ? window : undefined
  }
  return {
    check(username) {
      const window = living(username)
      if (window !== undefined && window.failures >= FAILURES) {
        throw new ParleyError('RATE_LIMITED', { retryAfterMs: window.endsAt - now() })
      }
    },
    add(username) {
      const window = living(username)
      if (window === undefined) windows.set(username, { failures: 1, endsAt: now() + WINDOW_MS })
      else window.failures += 1
    },
    clear: (username) => {
      windows.delete(username)
    },
  }
}
