import { ParleyError } from '@parley/message-schema'
import { pairKey, type BatchState, type MemberState, type RoomState } from './batch-state.ts'

/** The room, for whoever may know of it. A private room does not exist for a stranger. */
export function requireRoom(state: BatchState, roomId: string): RoomState {
  const room = state.rooms.get(roomId)
  if (room === undefined || room.deletedAt !== null) throw new ParleyError('NOT_FOUND')
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

export const isBanned = (state: BatchState, member: MemberState | undefined): boolean =>
  member !== undefined && member.bannedUntil !== null && member.bannedUntil > state.now

/** Somebody who was banned before they ever came has a row, and is told of nothing private. */
export const wasMember = (member: MemberState | undefined): boolean =>
  member !== undefined && member.joinedSeq > 0

export function refuseBanned(state: BatchState, room: RoomState, member?: MemberState): void {
  if (member === undefined || !isBanned(state, member)) return
  if (room.visibility !== 'public' && !wasMember(member)) throw new ParleyError('NOT_FOUND')
  throw new ParleyError('BANNED', { details: { until: banEnd(member) } })
}

/** The year 9999 stands for ever. */
export const FOR_EVER = new Date('9999-12-31T00:00:00.000Z')

const banEnd = ({ bannedUntil }: MemberState): string | null =>
  bannedUntil === null || bannedUntil >= FOR_EVER ? null : bannedUntil.toISOString()

export function requireMember(
  state: BatchState,
  roomId: string,
  userId: string,
): { room: RoomState; member: MemberState } {
  const room = requireRoom(state, roomId)
  const member = state.members.get(pairKey(roomId, userId))
  if (member !== undefined && member.leftSeq === null) return { room, member }
  refuseBanned(state, room, member)
  const mayKnow = wasMember(member) || room.visibility === 'public'
  throw new ParleyError(mayKnow ? 'NOT_MEMBER' : 'NOT_FOUND')
}
