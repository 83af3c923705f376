import { LRUCache } from 'lru-cache'

export interface LruCacheOptions {
  /** Entries; of those, the one that was used least recently makes room. */
  readonly max: number
  /** For how long an entry may be used, in ms. Absent: until it has to make room. */
  readonly ttl?: number
}

/**
 * Takes memory as it fills. Told its `max`, the library reserves room for that many entries at once: 16 bytes each, in
 * every process, however few there ever are.
 */
export const createLruCache = <Value extends {}>({
  max,
  ttl = 0,
}: LruCacheOptions): LRUCache<string, Value> =>
  new LRUCache({ maxSize: max, sizeCalculation: () => 1, ttl })

export type { LRUCache } from 'lru-cache'
