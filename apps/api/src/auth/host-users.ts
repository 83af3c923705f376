import { LIMITS, RESERVED_USER_IDS, type UserAsk } from '@parley/message-schema'
import type { Pool } from '../db/connect.ts'
import { createHostUserStore, type HostUser, type KnownUser } from '../db/users/host-user-store.ts'

/**
 * The users that a host application vouches for exist afterwards, named as its tokens name them.
 * Resolves to the ids that are refused: they belong to users of ours, whom no host may become, so
 * nothing of them may be answered. Asks without `host` are none of its business.
 */
export type EnsureHostUsers = (asks: readonly UserAsk[]) => Promise<ReadonlySet<string>>

const AVATAR_CHARACTERS = 2_048

/** What a host calls people is not ours to refuse: it is made to fit. */
export function toDisplayName(given: string | undefined): string | undefined {
  const name = given?.toWellFormed().normalize('NFC').trim() ?? ''
  const fitting = Array.from(name).slice(0, LIMITS.displayNameCharacters).join('').trim()
  return fitting === '' ? undefined : fitting
}

function toAvatarUrl(given: string | undefined): string | undefined {
  if (given === undefined || given.length > AVATAR_CHARACTERS || !URL.canParse(given))
    return undefined
  // Anything else (`javascript:`, `data:`) could do more than show a picture.
  const { protocol, href } = new URL(given)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb && href.length <= AVATAR_CHARACTERS ? href : undefined
}

/** What a token does not say stays as it is. */
function merge({ id, host }: UserAsk, known: KnownUser | undefined): HostUser {
  return {
    id,
    displayName: toDisplayName(host?.displayName) ?? known?.displayName ?? id,
    avatarUrl: toAvatarUrl(host?.avatarUrl) ?? known?.avatarUrl ?? null,
  }
}

/** What is to be written, and who is refused. */
export function hostUserChanges(
  asks: readonly UserAsk[],
  knownUsers: readonly KnownUser[],
): { readonly changed: HostUser[]; readonly refused: Set<string> } {
  const known = new Map(knownUsers.map((user) => [user.id, user]))
  const refused = new Set<string>()
  const changed = new Map<string, HostUser>()
  for (const ask of asks) {
    const before = known.get(ask.id)
    const after = merge(ask, before)
    if (before?.isHost === false || RESERVED_USER_IDS.has(ask.id)) refused.add(ask.id)
    else if (before?.displayName !== after.displayName || before.avatarUrl !== after.avatarUrl) {
      changed.set(ask.id, after)
    }
  }
  return { changed: [...changed.values()], refused }
}

/** Two statements for any number of users, one if nothing is new of them. */
export function createEnsureHostUsers(pool: Pool): EnsureHostUsers {
  const store = createHostUserStore(pool)
  return async (asks) => {
    const fromHost = asks.filter(({ host }) => host !== undefined)
    if (fromHost.length === 0) return new Set()
    const known = await store.find(fromHost.map(({ id }) => id))
    const { changed, refused } = hostUserChanges(fromHost, known)
    if (changed.length > 0) await store.put(changed)
    return refused
  }
}
