import { createPublicKey, type KeyObject } from 'node:crypto'
import { JwksClient, type JSONWebKey } from 'jwks-rsa'
import { TokenBucket } from '../token-bucket.ts'
import { TokenError } from './token-error.ts'

/** As an object: text is parsed anew for each token, which takes longer than to verify it. */
export type FindKey = (kid: string | undefined) => Promise<KeyObject>

/** The set is fetched again after so long, so that a key that was withdrawn is not believed for ever. */
const FRESH_MS = 600_000
/**
 * What the set said last is believed for so long while it cannot be fetched: a gateway goes on letting
 * people in while the API is away, and a withdrawn key does not outlive this even where nobody answers.
 */
const BELIEVED_MS = 24 * 3600_000
const TIMEOUT_MS = 5_000
/** After a fetch that failed: what comes meanwhile does not wait for the next one. */
const PAUSE_MS = 1_000
/**
 * Whoever signs in chooses the `kid`, so that what is not in the set has a rate of its own: it never
 * keeps the set from being fetched again for keys that are.
 */
const STRANGERS = { perSecond: 1, burst: 60 }

interface KeySet {
  readonly keys: ReadonlyMap<string | undefined, KeyObject>
  readonly atMs: number
}

function toPublicKey({ use, ...jwk }: JSONWebKey): KeyObject | undefined {
  if (use !== undefined && use !== 'sig') return undefined
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    // Of a kind that we cannot use: its neighbours are good nevertheless.
    return undefined
  }
}

function toKeySet(answered: unknown): KeySet {
  // Keys that were all withdrawn are a set, too; an answer that is something else is none.
  if (!Array.isArray(answered)) throw new Error('The answer is no key set.')
  const keys = new Map<string | undefined, KeyObject>()
  for (const jwk of answered as JSONWebKey[]) {
    const key = toPublicKey(jwk)
    if (key !== undefined && !keys.has(jwk.kid)) keys.set(jwk.kid, key)
  }
  const [only] = keys.values()
  // A token may leave out the `kid` where there is nothing to choose.
  if (keys.size === 1 && only !== undefined) keys.set(undefined, only)
  else keys.delete(undefined)
  return { keys, atMs: Date.now() }
}

/** The keys of a set that is fetched, remembered as a whole: whatever is not in it any more is not good. */
export function fetchedKeys(url: string): FindKey {
  const client = new JwksClient({ jwksUri: url, cache: false, timeout: TIMEOUT_MS })
  const strangers = new TokenBucket(STRANGERS.perSecond, STRANGERS.burst, Date.now())
  let known: KeySet | undefined
  let fetching: Promise<boolean> | undefined
  let failed: { readonly cause: unknown; readonly atMs: number } | undefined

  async function fetchSet(): Promise<boolean> {
    try {
      known = toKeySet(await client.getKeys())
      failed = undefined
      return true
    } catch (cause) {
      failed = { cause, atMs: Date.now() }
      return false
    } finally {
      fetching = undefined
    }
  }

  /** One for all who ask at the same time. `false`: the set is as old as before. */
  async function refresh(): Promise<boolean> {
    if (fetching === undefined && failed !== undefined && Date.now() - failed.atMs < PAUSE_MS) {
      return false
    }
    return (fetching ??= fetchSet())
  }

  const isYoungerThan = (ms: number): boolean => known !== undefined && Date.now() - known.atMs < ms
  const busy = (reason: string): TokenError =>
    new TokenError('SERVER_BUSY', reason, { cause: failed?.cause })

  return async (kid) => {
    const isRefreshed = !isYoungerThan(FRESH_MS) && (await refresh())
    if (!isYoungerThan(BELIEVED_MS)) throw busy('the key set cannot be fetched')
    const before = known?.keys.get(kid)
    if (before !== undefined) return before
    if (!isRefreshed) {
      // It may be one that was published a moment ago.
      if (strangers.take(Date.now()) > 0) throw busy('too many keys that are not in the set')
      if (!(await refresh())) throw busy('the key set cannot be fetched')
    }
    const key = known?.keys.get(kid)
    if (key === undefined) throw new TokenError('AUTH_INVALID', 'no key for this token')
    return key
  }
}
