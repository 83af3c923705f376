import { createLruCache } from '@parley/server-kit'
import { KEY_SCOPE_NAMES, ParleyError, type KeyScope } from '@parley/message-schema'
import { isSameHash, looksLikeApiKey, readApiKeyToken, secretHash } from './api-key-token.ts'
import type { KeyIdentity } from './caller.ts'

/** A revoked key may be good for this long at replicas that were not told. */
const KNOWN_FOR_MS = 2_000
const KNOWN_MAX = 10_000
/** `lastUsedAt` is written at most so often for each key and replica. */
const TOUCH_EVERY_MS = 60_000

export interface KeySecrets {
  readonly secretHash: Uint8Array
  readonly previousHash: Uint8Array | null
  readonly previousUntil: Date | null
  readonly scopes: readonly KeyScope[]
  readonly ratePerMinute: number | null
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

export interface VerifyKeyPorts {
  readonly find: (id: string) => Promise<KeySecrets | null>
  /** Not waited for. */
  readonly touch: (id: string) => void
  readonly rootKey: string | undefined
  readonly now?: () => number
}

export interface ApiKeys {
  readonly isKey: (token: string) => boolean
  /** Throws `AUTH_*`. */
  readonly verify: (token: string) => Promise<KeyIdentity>
  /** Changed here: looked up again at the next request. */
  readonly forget: (id: string) => void
}

const ROOT: KeyIdentity = {
  keyId: 'root',
  scopes: new Set(KEY_SCOPE_NAMES),
  ratePerMinute: null,
}

const invalid = (): ParleyError =>
  new ParleyError('AUTH_INVALID', { message: 'This API key is not known.' })

function requireSecret(key: KeySecrets, shown: Uint8Array, now: number): void {
  if (isSameHash(key.secretHash, shown)) return
  if (key.previousHash === null || !isSameHash(key.previousHash, shown)) throw invalid()
  if (key.previousUntil !== null && key.previousUntil.getTime() > now) return
  throw new ParleyError('AUTH_EXPIRED', { message: 'This secret was replaced by a newer one.' })
}

/** What a key is and was is told only to who shows its secret: of others it is not known. */
export function createApiKeys({ find, touch, rootKey, now = Date.now }: VerifyKeyPorts): ApiKeys {
  const rootHash = rootKey === undefined ? null : secretHash(rootKey)
  const known = createLruCache<KeySecrets>({ max: KNOWN_MAX, ttl: KNOWN_FOR_MS })
  const touched = createLruCache<true>({ max: KNOWN_MAX, ttl: TOUCH_EVERY_MS })
  const isRoot = (token: string): boolean =>
    rootHash !== null && isSameHash(rootHash, secretHash(token))

  async function lookUp(id: string): Promise<KeySecrets> {
    const key = known.get(id) ?? (await find(id))
    if (key === null) throw invalid()
    if (!known.has(id)) known.set(id, key)
    return key
  }

  return {
    isKey: (token) => looksLikeApiKey(token) || isRoot(token),

    async verify(token) {
      if (isRoot(token)) return ROOT
      const shown = readApiKeyToken(token)
      if (shown === null) throw invalid()
      const key = await lookUp(shown.id)
      const at = now()
      requireSecret(key, shown.hash, at)
      if (key.revokedAt !== null) {
        throw new ParleyError('AUTH_REVOKED', { message: 'This API key was revoked.' })
      }
      if (key.expiresAt !== null && key.expiresAt.getTime() <= at) {
        throw new ParleyError('AUTH_EXPIRED', { message: 'This API key has expired.' })
      }
      if (!touched.has(shown.id)) {
        touched.set(shown.id, true)
        touch(shown.id)
      }
      const { scopes, ratePerMinute } = key
      return { keyId: shown.id, scopes: new Set(scopes), ratePerMinute }
    },

    forget: (id) => {
      known.delete(id)
    },
  }
}
