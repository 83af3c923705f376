import { ParleyError } from '@parley/message-schema'
import { pairKey, type BatchState, type MemberState, type RoomState } from './batch-state.ts'

/** The room, for whoever may know of it. A private room does not exist for a stranger. */
export function requireRoom(state: BatchState, roomId: string): RoomState {
  const room = state.rooms.get(roomId)
  if (room === undefined) throw new ParleyError('NOT_FOUND')
  return room
}

export function activeMember(
  state: BatchState,
  roomId: string,
  userId: string,
): MemberState | undefined {
  const member = state.members.get(pairKey(roomId, userId))
  return member?.leftSeq === null ? member : undefined
}

export function requireMember(
  state: BatchState,
  roomId: string,
  userId: string,
): { room: RoomState; member: MemberState } {
  const room = requireRoom(state, roomId)
  const member = state.members.get(pairKey(roomId, userId))
  if (member !== undefined && member.leftSeq === null) return { room, member }
  const mayKnow = member !== undefined || room.visibility === 'public'
  throw new ParleyError(mayKnow ? 'NOT_MEMBER' : 'NOT_FOUND')
}
