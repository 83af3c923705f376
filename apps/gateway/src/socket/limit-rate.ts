import { TokenBucket } from '@parley/server-kit'
import { LRUCache } from 'lru-cache'
import type { Session } from '../sessions/session.ts'

interface Rate {
  readonly perSecond: number
  readonly burst: number
}

export interface RateLimits {
  readonly writes: Rate
}

const READS: Rate = { perSecond: 10, burst: 40 }
const OTHERS: Rate = { perSecond: 2, burst: 10 }
const WRITES = new Set(['message:send', 'message:edit', 'message:delete'])
/** Users remembered: reconnecting does not fill one's bucket. */
const USERS = 100_000

/** One bucket for each user and kind of event. Unknown events are limited too. */
export function createRateLimit({ writes }: RateLimits) {
  const buckets = new LRUCache<string, TokenBucket>({ max: USERS })

  return (session: Session, name: string): number => {
    const nowMs = Date.now()
    const kind = WRITES.has(name)
      ? 'write'
      : name === 'sync' || name === 'read:set'
        ? name
        : 'other'
    const key = `${kind}/${session.userId}`
    let bucket = buckets.get(key)
    if (bucket === undefined) {
      const rate = kind === 'write' ? writes : kind === 'other' ? OTHERS : READS
      bucket = new TokenBucket(rate.perSecond, rate.burst, nowMs)
      buckets.set(key, bucket)
    }
    return bucket.take(nowMs)
  }
}
