import { ParleyError, type Room } from '@parley/message-schema'
import type { MemberStore } from '../db/rooms/member-store.ts'
import type { RoomStore } from '../db/rooms/room-store.ts'
import { requireStanding } from './require-standing.ts'
import { toRoom } from './to-room.ts'

export type GetRoom = (userId: string, roomId: string) => Promise<Room>

/** A private room is there for its members only: for who left it, it is as if it never was. */
export function createGetRoom(
  rooms: Pick<RoomStore, 'find'>,
  members: Pick<MemberStore, 'standing'>,
): GetRoom {
  return async (userId, roomId) => {
    const view = await rooms.find(roomId, userId)
    // Who is banned is told so.
    if (view?.me == null) await requireStanding(members, roomId, userId)
    if (view === null || (view.me === null && view.facts.visibility !== 'public')) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such room.' })
    }
    return toRoom(view)
  }
}
