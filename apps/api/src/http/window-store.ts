import { createLruCache, type LRUCache } from '@parley/server-kit'
import type { ClientRateLimitInfo, Store } from 'express-rate-limit'

/** Counts in fixed windows, for at most so many keys: a flood of addresses costs bounded memory. */
export class WindowStore implements Store {
  readonly localKeys = true
  readonly #windowMs: number
  readonly #windows: LRUCache<string, { hits: number; endsAt: number }>

  constructor(windowMs: number, keysMax: number) {
    this.#windowMs = windowMs
    this.#windows = createLruCache({ max: keysMax })
  }

  increment(key: string): ClientRateLimitInfo {
    const now = Date.now()
    const current = this.#windows.get(key)
    const isLiving = current !== undefined && current.endsAt > now
    const window = isLiving ? current : { hits: 0, endsAt: now + this.#windowMs }
    window.hits += 1
    if (!isLiving) this.#windows.set(key, window)
    return { totalHits: window.hits, resetTime: new Date(window.endsAt) }
  }

  decrement(key: string): void {
    const window = this.#windows.get(key)
    if (window !== undefined) window.hits = Math.max(0, window.hits - 1)
  }

  resetKey(key: string): void {
    this.#windows.delete(key)
  }
}
