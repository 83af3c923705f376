import {
  DEFAULT_PRIVACY,
  type Audience,
  type AudienceAsk,
  type Watchable,
} from '@parley/message-schema'
import type { PresenceStore } from '../db/presence-store.ts'
import type { UserPrefStore } from '../db/user-pref-store.ts'

export interface WatchablePorts {
  readonly presence: Pick<PresenceStore, 'shares' | 'blockers' | 'lastSeen'>
  readonly prefs: Pick<UserPrefStore, 'privacyOf'>
}

/** Which of these people the watcher may watch, one answer each, in their order. */
export type FindWatchable = (ask: AudienceAsk) => Promise<Watchable[]>

/** How near two people are to each other. */
export type Nearness = 'self' | 'contact' | 'roommate' | 'stranger'

export function isInAudience(audience: Audience, nearness: Nearness): boolean {
  if (nearness === 'self') return true
  if (nearness === 'stranger' || audience === 'nobody') return false
  return audience === 'everybody' || nearness === 'contact'
}

/**
 * Strangers share no room and see nothing; who is blocked sees what a stranger sees, and cannot tell
 * the one from the other, nor from somebody who is offline or does not exist.
 */
export function createFindWatchable({ presence, prefs }: WatchablePorts): FindWatchable {
  return async ({ watcherId, userIds }) => {
    const [shares, blockers, lastSeen, privacyOf] = await Promise.all([
      presence.shares(watcherId, userIds),
      presence.blockers(watcherId, userIds),
      presence.lastSeen(userIds),
      prefs.privacyOf(userIds),
    ])
    const nearnessOf = (userId: string): Nearness => {
      if (userId === watcherId) return 'self'
      const shared = blockers.has(userId) ? undefined : shares.get(userId)
      if (shared === undefined) return 'stranger'
      return shared.isContact ? 'contact' : 'roommate'
    }
    return userIds.map((userId): Watchable => {
      const privacy = privacyOf.get(userId) ?? DEFAULT_PRIVACY
      const nearness = nearnessOf(userId)
      const isSeen = isInAudience(privacy.presence, nearness)
      const at = lastSeen.get(userId)
      return {
        userId,
        presence: isSeen,
        // Coming and going tells when one was last there: who may not see the one sees neither.
        lastSeen: isSeen && isInAudience(privacy.lastSeen, nearness),
        ...(at !== undefined && { lastSeenAt: toMinute(at) }),
      }
    })
  }
}

const toMinute = (at: Date): string =>
  new Date(Math.floor(at.getTime() / 60_000) * 60_000).toISOString()
