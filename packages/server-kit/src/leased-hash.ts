import { keyPrefixFor, type Redis } from './redis.ts'

const AT_ONCE = 1_000
/** Owners that have not been heard of for so long are forgotten; clocks may differ by as much. */
const FORGET_OWNERS_MS = 60_000
/** Of a hash that was written as a whole: one without it is what was written since a loss. */
const MARK = ''

const ownersKey = (prefix: string): string => `${prefix}:owners`
const hashKey = (prefix: string, owner: string): string => `${prefix}:{${owner}}`

export interface LeasedHashOptions {
  readonly redis: Redis
  readonly prefix: string
  /** Unique in all processes that ever were. */
  readonly owner: string
  readonly leaseMs: number
}

/**
 * What one process knows, in a hash in Redis that is gone when the process has not renewed its lease:
 * one key and one expiry, however many entries. Nothing here is remembered: what Redis lost is written
 * again with `replace`. Every call rejects while Redis is away.
 */
export class LeasedHash {
  readonly owner: string
  readonly #options: LeasedHashOptions
  readonly #key: string
  readonly #owners: string

  constructor(options: LeasedHashOptions) {
    this.#options = options
    this.owner = options.owner
    const prefix = keyPrefixFor(options.redis, options.prefix)
    this.#key = hashKey(prefix, options.owner)
    this.#owners = ownersKey(prefix)
  }

  /** Renews the lease. `false`: there is nothing any more, and everything is to be written again. */
  async beat(nowMs: number): Promise<boolean> {
    const { redis, owner, leaseMs } = this.#options
    const owners = this.#owners
    const replies = await redis
      .multi()
      .zadd(owners, nowMs + leaseMs, owner)
      .zremrangebyscore(owners, '-inf', nowMs - FORGET_OWNERS_MS)
      .pexpire(this.#key, leaseMs)
      .hexists(this.#key, MARK)
      .exec()
    return results(replies)[3] === 1
  }

  /** `null` deletes. What was lost meanwhile must not come back without its end. */
  async write(changes: ReadonlyMap<string, string | null>): Promise<void> {
    const { redis, leaseMs } = this.#options
    const fields = [...changes]
    for (let from = 0; from < fields.length; from += AT_ONCE) {
      const part = fields.slice(from, from + AT_ONCE)
      const kept = part.flatMap(([field, value]) => (value === null ? [] : [field, value]))
      const gone = part.flatMap(([field, value]) => (value === null ? [field] : []))
      const all = redis.multi()
      if (kept.length > 0) all.hset(this.#key, ...kept)
      if (gone.length > 0) all.hdel(this.#key, ...gone)
      results(await all.pexpire(this.#key, leaseMs).exec())
    }
  }

  /** All that there is: readers see what was before, or all of it. */
  async replace(entries: ReadonlyMap<string, string>, nowMs: number): Promise<void> {
    const { redis, leaseMs } = this.#options
    const fresh = `${this.#key}:fresh`
    const fields: (readonly [string, string])[] = [[MARK, '1'], ...entries]
    await redis.del(fresh)
    for (let from = 0; from < fields.length; from += AT_ONCE) {
      const part = fields.slice(from, from + AT_ONCE).flat()
      results(
        await redis
          .multi()
          .hset(fresh, ...part)
          .pexpire(fresh, leaseMs)
          .exec(),
      )
    }
    results(await redis.multi().pexpire(fresh, leaseMs).rename(fresh, this.#key).exec())
    await this.beat(nowMs)
  }

  /** No more renewals: for so much longer it stays. */
  async leave(forMs: number): Promise<void> {
    await this.#options.redis.pexpire(this.#key, Math.max(1, forMs))
  }
}

type Replies = [error: Error | null, result: unknown][] | null

function results(replies: Replies): unknown[] {
  if (replies === null) throw new Error('Redis did not run the transaction.')
  return replies.map(([error, result]) => {
    if (error !== null) throw error
    return result
  })
}

/** Owners read at once: a cluster has fewer. */
const OWNERS = 500

async function listOwners(redis: Redis, prefix: string): Promise<string[]> {
  return redis.zrevrange(ownersKey(keyPrefixFor(redis, prefix)), 0, OWNERS - 1)
}

/** Who holds a lease now. */
export async function livingOwners(redis: Redis, prefix: string): Promise<Set<string>> {
  const owners = await listOwners(redis, prefix)
  if (owners.length === 0) return new Set()
  const asked = redis.pipeline()
  const ownPrefix = keyPrefixFor(redis, prefix)
  for (const owner of owners) asked.exists(hashKey(ownPrefix, owner))
  const there = results(await asked.exec())
  return new Set(owners.filter((_, index) => there[index] === 1))
}

/** What living processes say of each field; a field that nobody has is absent. Two round trips. */
export async function readLeased(
  redis: Redis,
  prefix: string,
  fields: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  const ownPrefix = keyPrefixFor(redis, prefix)
  const owners = fields.length === 0 ? [] : await listOwners(redis, prefix)
  for (let from = 0; owners.length > 0 && from < fields.length; from += AT_ONCE) {
    const part = fields.slice(from, from + AT_ONCE)
    const asked = redis.pipeline()
    for (const owner of owners) asked.hmget(hashKey(ownPrefix, owner), ...part)
    for (const values of results(await asked.exec()) as (string | null)[][]) {
      for (const [index, value] of values.entries()) {
        const field = part[index]
        if (value === null || field === undefined) continue
        const said = found.get(field)
        if (said === undefined) found.set(field, [value])
        else said.push(value)
      }
    }
  }
  return found
}
