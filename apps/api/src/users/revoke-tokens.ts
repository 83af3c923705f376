import { ParleyError } from '@parley/message-schema'
import { byKey } from '../audit/audit-entry.ts'
import type { LivingSessions } from '../auth/living-sessions.ts'
import type { UserStandings } from '../auth/user-standing.ts'
import type { ServerUserStore } from '../db/users/server-user-store.ts'

export interface RevokeTokensPorts {
  readonly store: Pick<ServerUserStore, 'find' | 'signOut'>
  readonly living: Pick<LivingSessions, 'forget'>
  readonly standings: Pick<UserStandings, 'forget'>
  /** After the commit: gateways end the sockets. Lost news is repaired by the user's version. */
  readonly notifyUsers: (userIds: string[]) => void
}

export type RevokeTokens = (
  keyId: string,
  userId: string,
) => Promise<{ readonly sessionsEnded: number; readonly tokensValidAfter: string }>

export function createRevokeTokens(ports: RevokeTokensPorts): RevokeTokens {
  const { store, living, standings, notifyUsers } = ports
  return async (keyId, userId) => {
    if (!(await store.find([userId])).has(userId)) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such user.' })
    }
    const now = new Date()
    const ended = await store.signOut(userId, now, byKey(keyId, 'user:signed-out', userId))
    for (const id of ended) living.forget(id)
    standings.forget(userId)
    notifyUsers([userId])
    return { sessionsEnded: ended.length, tokensValidAfter: now.toISOString() }
  }
}
