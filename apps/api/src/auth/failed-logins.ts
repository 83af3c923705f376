import { createLruCache } from '@parley/server-kit'
import { ParleyError } from '@parley/message-schema'

/** Failures that one name may have in one window, from whatever addresses. */
const FAILURES = 10
const WINDOW_MS = 60_000
const NAMES = 10_000
/** Of those that are compared at this moment: they take a fraction of it. */
const UNDER_WAY_MS = 1_000

interface Attempts {
  failures: number
  /** Of the window of the failures. */
  endsAt: number
  underWay: number
}

const NO_FAILURES = { failures: 0, endsAt: 0 }

export interface FailedLogins {
  /**
   * Answers what `compare` does; `null` is a failure. Throws `RATE_LIMITED`, and compares nothing, while
   * the name has failed too often, for the right password too.
   */
  readonly attempt: <User>(
    username: string,
    compare: () => Promise<User | null>,
  ) => Promise<User | null>
}

/**
 * Against guessing one person's password from many addresses. The window is short because anybody
 * can shut anybody's name with it; kept by each replica for itself.
 */
export function createFailedLogins(now: () => number = Date.now): FailedLogins {
  const names = createLruCache<Attempts>({ max: NAMES })

  /** What is under way counts as if it had failed: guesses sent at the same time are no more than others. */
  function begin(username: string): Attempts {
    const attempts = names.get(username) ?? { ...NO_FAILURES, underWay: 0 }
    if (attempts.endsAt <= now()) attempts.failures = 0
    if (attempts.failures + attempts.underWay >= FAILURES) {
      const isShut = attempts.failures >= FAILURES
      const retryAfterMs = isShut ? attempts.endsAt - now() : UNDER_WAY_MS
      throw new ParleyError('RATE_LIMITED', { retryAfterMs })
    }
    attempts.underWay += 1
    names.set(username, attempts)
    return attempts
  }

  function fail(attempts: Attempts): void {
    const isNewWindow = attempts.endsAt <= now()
    attempts.failures = isNewWindow ? 1 : attempts.failures + 1
    if (isNewWindow) attempts.endsAt = now() + WINDOW_MS
  }

  return {
    async attempt(username, compare) {
      const attempts = begin(username)
      try {
        const found = await compare()
        if (found === null) fail(attempts)
        else Object.assign(attempts, NO_FAILURES)
        return found
      } finally {
        // What could not be compared was no guess.
        attempts.underWay -= 1
        const isForgettable = attempts.underWay === 0 && attempts.failures === 0
        if (isForgettable && names.peek(username) === attempts) names.delete(username)
      }
    },
  }
}
