import { createLruCache } from '../create-lru-cache.ts'
import type { Identity } from './claims.ts'
import { CLOCK_TOLERANCE_MS, type VerifyToken } from './verify-token.ts'

/** A key that its issuer withdrew is believed for this much longer. */
const KNOWN_FOR_MS = 60_000
/** Tokens are 300 to 1,000 bytes. */
const KNOWN_MAX = 5_000

const isOfNow = ({ issuedAtMs, expiresAtMs }: Identity): boolean => {
  const nowMs = Date.now()
  return nowMs < expiresAtMs + CLOCK_TOLERANCE_MS && issuedAtMs <= nowMs + CLOCK_TOLERANCE_MS
}

/**
 * The signature of a token that is sent with every request is verified once a minute. What may change meanwhile is
 * looked at each time: the clock here, and by whoever asks whether the session still lives. Only good answers are kept,
 * so that nobody without a token fills it.
 */
export function rememberVerified(verify: VerifyToken, knownForMs = KNOWN_FOR_MS): VerifyToken {
  const known = createLruCache<Identity>({ max: KNOWN_MAX, ttl: knownForMs })
  return async (token) => {
    const before = known.get(token)
    if (before !== undefined && isOfNow(before)) return before
    const identity = await verify(token)
    known.set(token, identity)
    return identity
  }
}
