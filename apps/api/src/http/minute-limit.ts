import { ParleyError } from '@parley/message-schema'
import { createLruCache } from '@parley/server-kit'
import type { OnLimit } from './rate-limits.ts'

const WINDOW_MS = 60_000
const KEYS_MAX = 50_000

export interface MinuteLimit {
  /** So many of what is counted at once. Throws `RATE_LIMITED`, and then counts nothing. */
  readonly take: (key: string, amount: number) => void
}

export interface MinuteLimitOptions {
  readonly bucket: string
  readonly perMinute: number
  readonly onLimit: OnLimit
  readonly now?: () => number
}

/**
 * For what a request does, where that is more than one thing or is known only later than `RateLimits`
 * are asked. In fixed windows, by each replica for itself, as they are.
 */
export function createMinuteLimit(options: MinuteLimitOptions): MinuteLimit {
  const { bucket, perMinute: limit, onLimit, now = Date.now } = options
  const windows = createLruCache<{ used: number; endsAt: number }>({ max: KEYS_MAX })
  return {
    take(key, amount) {
      if (amount === 0) return
      const current = windows.get(key)
      const isLiving = current !== undefined && current.endsAt > now()
      const window = isLiving ? current : { used: 0, endsAt: now() + WINDOW_MS }
      // The first of a window always passes: more at once than a whole minute's worth would never.
      if (window.used > 0 && window.used + amount > limit) {
        onLimit(bucket)
        throw new ParleyError('RATE_LIMITED', {
          message: `That was too fast: at most ${limit} a minute (${bucket}).`,
          retryAfterMs: Math.max(1, window.endsAt - now()),
          details: { bucket, limit, windowMs: WINDOW_MS },
        })
      }
      window.used += amount
      if (!isLiving) windows.set(key, window)
    },
  }
}
