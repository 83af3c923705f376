import {
  DEFAULT_PRIVACY,
  type Audience,
  type AudienceAsk,
  type Privacy,
  type Watchable,
} from '@parley/message-schema'
import type { BlockStore } from '../db/users/block-store.ts'
import type { PresenceStore } from '../db/users/presence-store.ts'
import type { UserPrefStore } from '../db/users/user-pref-store.ts'

export interface WatchablePorts {
  readonly presence: Pick<PresenceStore, 'shares' | 'lastSeen'>
  readonly blocks: Pick<BlockStore, 'whoBlocks'>
  readonly prefs: Pick<UserPrefStore, 'privacyOf'>
}

/** Which of these people each watcher may watch: one answer each, in the order of the asks. */
export type FindWatchable = (asks: readonly AudienceAsk[]) => Promise<Watchable[][]>

/** How near two people are to each other. */
export type Nearness = 'self' | 'contact' | 'roommate' | 'stranger'

/** Asks that are looked into at the same time: the pool is not presence's alone. */
const AT_ONCE = 3

export function isInAudience(audience: Audience, nearness: Nearness): boolean {
  if (nearness === 'self') return true
  if (nearness === 'stranger' || audience === 'nobody') return false
  return audience === 'everybody' || nearness === 'contact'
}

/**
 * Strangers share no room and see nothing; who is blocked sees what a stranger sees, and cannot tell
 * the one from the other, nor from somebody who is offline or does not exist.
 */
export function createFindWatchable({ presence, blocks, prefs }: WatchablePorts): FindWatchable {
  async function nearnesses({ watcherId, userIds }: AudienceAsk): Promise<Nearness[]> {
    const [shares, blockers] = await Promise.all([
      presence.shares(watcherId, userIds),
      blocks.whoBlocks(watcherId, userIds),
    ])
    const blocking = new Set(blockers)
    return userIds.map((userId) => {
      if (userId === watcherId) return 'self'
      const shared = blocking.has(userId) ? undefined : shares.get(userId)
      if (shared === undefined) return 'stranger'
      return shared.isContact ? 'contact' : 'roommate'
    })
  }

  return async (asks) => {
    const userIds = [...new Set(asks.flatMap((ask) => ask.userIds))]
    const [lastSeen, privacyOf] = await Promise.all([
      presence.lastSeen(userIds),
      prefs.privacyOf(userIds),
    ])
    const answers: Watchable[][] = []
    for (let from = 0; from < asks.length; from += AT_ONCE) {
      const part = asks.slice(from, from + AT_ONCE)
      const found = await Promise.all(part.map(nearnesses))
      for (const [index, ask] of part.entries()) {
        const near = found[index] ?? []
        answers.push(
          ask.userIds.map((userId, at) =>
            toWatchable(
              userId,
              near[at] ?? 'stranger',
              privacyOf.get(userId),
              lastSeen.get(userId),
            ),
          ),
        )
      }
    }
    return answers
  }
}

function toWatchable(
  userId: string,
  nearness: Nearness,
  privacy: Privacy = DEFAULT_PRIVACY,
  seenAt?: Date,
): Watchable {
  const isSeen = isInAudience(privacy.presence, nearness)
  return {
    userId,
    presence: isSeen,
    // Coming and going tells when one was last there: who may not see the one sees neither.
    lastSeen: isSeen && isInAudience(privacy.lastSeen, nearness),
    ...(seenAt !== undefined && { lastSeenAt: toMinute(seenAt) }),
  }
}

const toMinute = (at: Date): string =>
  new Date(Math.floor(at.getTime() / 60_000) * 60_000).toISOString()
