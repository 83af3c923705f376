import { createLruCache, type LRUCache } from './create-lru-cache.ts'

/** Refills by `perSecond`, holds at most `burst`. Time is an argument: no timers, no clock. */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #at: number

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perMs = perSecond / 1_000
    this.#burst = burst
    this.#tokens = burst
    this.#at = nowMs
  }

  /** 0 if one was taken, else the milliseconds until there will be one. */
  take(nowMs: number): number {
    const elapsed = Math.max(0, nowMs - this.#at)
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsed * this.#perMs)
    this.#at = nowMs
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return 0
    }
    return Math.ceil((1 - this.#tokens) / this.#perMs)
  }

  /** What was taken turned out not to count. */
  giveBack(): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + 1)
  }
}

export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** A bucket for each key, for so many keys: who was away longest begins with a full one again. */
export class TokenBuckets {
  readonly #rate: Rate
  readonly #buckets: LRUCache<string, TokenBucket>

  constructor(rate: Rate, keysMax: number) {
    this.#rate = rate
    this.#buckets = createLruCache({ max: keysMax })
  }

  /** 0 if one was taken, else the milliseconds until there will be one. */
  take(key: string, nowMs: number): number {
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#rate.perSecond, this.#rate.burst, nowMs)
      this.#buckets.set(key, bucket)
    }
    return bucket.take(nowMs)
  }
}
