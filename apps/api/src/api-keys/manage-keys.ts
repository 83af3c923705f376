import { invalid, LIMITS, ParleyError, type ApiKey, type KeyScope } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import { byKey } from '../audit/audit-entry.ts'
import { makeApiKeyToken } from '../auth/api-key-token.ts'
import { requireScope, type KeyIdentity } from '../auth/caller.ts'
import type { ApiKeyStore } from '../db/server/api-key-store.ts'

export interface KeyDraft {
  readonly name: string
  readonly scopes: readonly KeyScope[]
  readonly ratePerMinute?: number | null | undefined
  readonly expiresAt?: string | null | undefined
}

export type KeyChange = { readonly [Field in keyof KeyDraft]?: KeyDraft[Field] | undefined }

interface KeyWithToken {
  readonly apiKey: ApiKey
  readonly token: string
}

export interface ManageKeys {
  readonly find: (id: string) => Promise<ApiKey>
  readonly list: (
    after: string | undefined,
    limit: number,
  ) => Promise<{ readonly keys: ApiKey[]; readonly hasMore: boolean }>
  readonly create: (caller: KeyIdentity, draft: KeyDraft) => Promise<KeyWithToken>
  readonly change: (caller: KeyIdentity, id: string, change: KeyChange) => Promise<ApiKey>
  readonly rotate: (caller: KeyIdentity, id: string, graceS: number) => Promise<KeyWithToken>
  readonly revoke: (caller: KeyIdentity, id: string) => Promise<void>
}

export interface ManageKeysPorts {
  readonly store: Omit<ApiKeyStore, 'secrets' | 'touch'>
  /** This replica looks the key up again at its next request. */
  readonly forget: (id: string) => void
}

/** Otherwise a key could give itself, by another one, what it was not given. */
function requireAll(caller: KeyIdentity, scopes: readonly KeyScope[]): void {
  for (const scope of scopes) requireScope(caller, scope)
}

function toEnd(expiresAt: string | null | undefined): Date | null | undefined {
  if (expiresAt === undefined || expiresAt === null) return expiresAt
  const end = new Date(expiresAt)
  if (end.getTime() > Date.now()) return end
  throw invalid('expiresAt', 'must be in the future')
}

export function createManageKeys({ store, forget }: ManageKeysPorts): ManageKeys {
  async function find(id: string): Promise<ApiKey> {
    const key = await store.find(id)
    if (key === null) throw new ParleyError('NOT_FOUND', { message: 'There is no such API key.' })
    return key
  }

  /** Whoever is shown a key's secret, or changes it, could use it: they need all that it may do. */
  async function findToChange(caller: KeyIdentity, id: string): Promise<ApiKey> {
    const key = await find(id)
    if (key.revokedAt !== null) {
      throw new ParleyError('GONE', { message: 'This API key was revoked.' })
    }
    requireAll(caller, key.scopes)
    return key
  }

  return {
    find,

    async list(after, limit) {
      const keys = await store.list(after, limit + 1)
      return { keys: keys.slice(0, limit), hasMore: keys.length > limit }
    },

    async create(caller, { name, scopes, ratePerMinute = null, expiresAt }) {
      requireAll(caller, scopes)
      const end = toEnd(expiresAt) ?? null
      if ((await store.countLiving()) >= LIMITS.apiKeys) {
        throw new ParleyError('REJECTED', {
          message: `There are ${LIMITS.apiKeys} API keys already: revoke what is not used.`,
        })
      }
      const id = uuidv7()
      const { token, hash } = makeApiKeyToken(id)
      await store.create(
        {
          id,
          name,
          hash,
          scopes: [...new Set(scopes)],
          ratePerMinute,
          expiresAt: end,
          createdAt: new Date(),
          createdBy: caller.keyId,
        },
        { ...byKey(caller.keyId, 'key:created', id), details: { name, scopes } },
      )
      return { apiKey: await find(id), token }
    },

    async change(caller, id, { name, scopes, ratePerMinute, expiresAt }) {
      await findToChange(caller, id)
      requireAll(caller, scopes ?? [])
      const audit = {
        ...byKey(caller.keyId, 'key:changed', id),
        details: { name, scopes, ratePerMinute, expiresAt },
      }
      await store.change(id, { name, scopes, ratePerMinute, expiresAt: toEnd(expiresAt) }, audit)
      forget(id)
      return find(id)
    },

    async rotate(caller, id, graceS) {
      await findToChange(caller, id)
      const { token, hash } = makeApiKeyToken(id)
      const now = new Date()
      const previousUntil = new Date(now.getTime() + graceS * 1_000)
      const audit = { ...byKey(caller.keyId, 'key:rotated', id), details: { graceS } }
      await store.rotate({ id, hash, now, previousUntil }, audit)
      forget(id)
      return { apiKey: await find(id), token }
    },

    // Who may manage keys may end any: a leaked one must not wait for somebody with more rights.
    async revoke(caller, id) {
      await find(id)
      await store.revoke(id, new Date(), byKey(caller.keyId, 'key:revoked', id))
      forget(id)
    },
  }
}
