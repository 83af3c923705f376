import {
  mergeEntries,
  ParleyError,
  type PresenceEntry,
  type PresenceState,
} from '@parley/message-schema'
import type { FindWatchable } from './find-watchable.ts'

export interface ListPresencePorts {
  readonly findWatchable: FindWatchable
  /** Rejects while nobody knows. */
  readonly readEntries: (userIds: readonly string[]) => Promise<Map<string, PresenceEntry[]>>
}

export type ListPresence = (
  watcherId: string,
  userIds: readonly string[],
) => Promise<PresenceState[]>

export function createListPresence(ports: ListPresencePorts): ListPresence {
  return async (watcherId, userIds) => {
    if (userIds.length === 0) return []
    const [watchable = []] = await ports.findWatchable([{ watcherId, userIds: [...userIds] }])
    const seen = watchable.filter(({ presence }) => presence).map(({ userId }) => userId)
    const entries = await ports.readEntries(seen).catch((cause: unknown) => {
      throw new ParleyError('SERVER_BUSY', { retryAfterMs: 2_000, cause })
    })
    return watchable.map(({ userId, presence, lastSeen, lastSeenAt }): PresenceState => {
      const state = mergeEntries(userId, presence ? (entries.get(userId) ?? []) : [])
      const isTold = state.status === 'offline' && lastSeen && lastSeenAt !== undefined
      return isTold ? { ...state, lastSeenAt } : state
    })
  }
}
