import { ParleyError, RESERVED_USER_IDS, type UserUpserted } from '@parley/message-schema'
import { byKey } from '../audit/audit-entry.ts'
import type { KnownServerUser, ServerUserStore, UserWrite } from '../db/users/server-user-store.ts'

export interface UserDraft {
  readonly id: string
  readonly displayName: string
  readonly avatarUrl?: string | null | undefined
  readonly kind?: 'host' | 'bot' | undefined
}

/** One answer a draft, in their order. Of several drafts of one user the last one stays. */
export type PutUsers = (
  keyId: string,
  drafts: readonly UserDraft[],
) => Promise<(UserUpserted | ParleyError)[]>

function refusalOf(
  { id, kind }: UserDraft,
  known: KnownServerUser | undefined,
): ParleyError | null {
  if (RESERVED_USER_IDS.has(id)) {
    return new ParleyError('CONFLICT', { message: 'This id is the system’s.' })
  }
  if (known === undefined) return null
  if (known.isErased) return new ParleyError('GONE', { message: 'This user was erased.' })
  if (kind === undefined || kind === known.user.kind) return null
  return new ParleyError('CONFLICT', {
    message: `This user is of the kind ${known.user.kind}, which never changes.`,
  })
}

const isSame = ({ displayName, avatarUrl }: UserDraft, { user }: KnownServerUser): boolean =>
  displayName === user.displayName && (avatarUrl === undefined || avatarUrl === user.avatarUrl)

export function createPutUsers(store: Pick<ServerUserStore, 'find' | 'put'>): PutUsers {
  return async (keyId, drafts) => {
    const ids = [...new Set(drafts.map(({ id }) => id))]
    const before = await store.find(ids)
    const refusals = drafts.map((draft) => refusalOf(draft, before.get(draft.id)))
    // What says nothing new writes nothing: backends repeat themselves at every start.
    const writes = new Map<string, UserWrite>()
    drafts.forEach((draft, index) => {
      const known = before.get(draft.id)
      if (refusals[index] !== null || (known !== undefined && isSame(draft, known))) return
      const kind = draft.kind ?? (known?.user.kind === 'bot' ? 'bot' : 'host')
      const { id, displayName, avatarUrl } = draft
      writes.set(id, { id, kind, displayName, avatarUrl })
    })
    if (writes.size > 0) {
      const audit = Array.from(writes.keys(), (id) =>
        byKey(keyId, before.has(id) ? 'user:changed' : 'user:created', id),
      )
      await store.put([...writes.values()], audit)
    }
    const after = writes.size === 0 ? before : await store.find(ids)
    return drafts.map(({ id }, index) => {
      const user = after.get(id)?.user
      const refusal = refusals[index] ?? null
      if (refusal !== null) return refusal
      if (user === undefined) return new ParleyError('INTERNAL')
      return { user, created: !before.has(id) }
    })
  }
}
