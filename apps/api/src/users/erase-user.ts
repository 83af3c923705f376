import { ParleyError, type Erasure } from '@parley/message-schema'
import { byKey } from '../audit/audit-entry.ts'
import type { LivingSessions } from '../auth/living-sessions.ts'
import type { UserStandings } from '../auth/user-standing.ts'
import type { ErasureStore } from '../db/users/erasure-store.ts'

export interface EraseUserPorts {
  readonly store: Pick<ErasureStore, 'begin' | 'find'>
  readonly living: Pick<LivingSessions, 'forget'>
  readonly standings: Pick<UserStandings, 'forget'>
  readonly notifyUsers: (userIds: string[]) => void
}

export interface EraseUser {
  /** Asked again it goes on with the first one. */
  readonly begin: (keyId: string, userId: string) => Promise<Erasure>
  readonly find: (userId: string) => Promise<Erasure>
}

/** Who they were is gone when this answers; a job erases what they wrote, room by room. */
export function createEraseUser(ports: EraseUserPorts): EraseUser {
  const { store, living, standings, notifyUsers } = ports
  async function find(userId: string): Promise<Erasure> {
    const erasure = await store.find(userId)
    if (erasure !== null) return erasure
    throw new ParleyError('NOT_FOUND', { message: 'There is no erasure of such a user.' })
  }
  return {
    find,
    async begin(keyId, userId) {
      const audit = byKey(keyId, 'user:erased', userId)
      const ended = await store.begin(userId, keyId, new Date(), audit)
      for (const id of ended) living.forget(id)
      standings.forget(userId)
      notifyUsers([userId])
      return find(userId)
    },
  }
}
