import type { MemberStore } from '../db/rooms/member-store.ts'
import { requireActive, requireStanding } from '../rooms/require-standing.ts'

export interface ReaderAccess {
  /** The first `seq` that this reader may see. */
  readonly visibleFrom: number
  readonly head: number
}

export type AllowReading = (userId: string, roomId: string) => Promise<ReaderAccess>

/**
 * C8: every read of a room's log begins with this, and again after each wait. What it allows is
 * read after it, so the head that it answers is never newer than what is read with it.
 */
export function createAllowReading(members: Pick<MemberStore, 'standing'>): AllowReading {
  return async (userId, roomId) => {
    const standing = await requireStanding(members, roomId, userId)
    const { visibleFrom } = requireActive(standing)
    return { visibleFrom, head: standing.head }
  }
}
