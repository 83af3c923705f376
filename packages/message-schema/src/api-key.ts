import { z } from 'zod'
import { KEY_SCOPE_NAMES } from './http/route.ts'
import { TimeInput, Timestamp, Uuid } from './ids.ts'
import { LIMITS } from './limits.ts'
import { text } from './text.ts'

export const KeyScopeName = z.enum(KEY_SCOPE_NAMES).meta({ id: 'KeyScope' })

/** What may be known of an API key: everything but its secret. */
export const ApiKey = z
  .object({
    id: Uuid,
    name: z.string(),
    /** What its tokens begin with: enough to tell in a log which one it was. */
    prefix: z.string(),
    scopes: z.array(KeyScopeName),
    ratePerMinute: z.int().positive().nullable(),
    createdAt: Timestamp,
    /** The key that made it. */
    createdBy: z.string(),
    rotatedAt: Timestamp.nullable(),
    /** Until then the secret before the last rotation is good as well. */
    previousValidUntil: Timestamp.nullable(),
    expiresAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
    /** To the minute. */
    lastUsedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof ApiKey>

export const ApiKeyName = text(LIMITS.keyNameCharacters)
  .transform((name) => name.trim().normalize('NFC'))
  .pipe(z.string().min(1, 'must not be blank'))

/** What whoever makes a key chooses. */
export const apiKeyShape = {
  name: ApiKeyName,
  scopes: z.array(KeyScopeName).min(1).max(KEY_SCOPE_NAMES.length),
  /** Requests a minute; without it what the server is set to. */
  ratePerMinute: z.int().positive().max(1_000_000).nullable(),
  /** Without it the key is good until it is revoked. */
  expiresAt: TimeInput.nullable(),
}

/** The token is shown this once: only a hash of it is kept. */
export const ApiKeyWithToken = z.object({ apiKey: ApiKey, token: z.string() })
