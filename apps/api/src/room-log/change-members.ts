import type { Actor, LogCommandOf, MemberRole } from '@parley/message-schema'
import { pairKey, type BatchState } from './batch-state.ts'
import { activeMember, requireRoom } from './membership.ts'

/** C8: `memberVersion` moves in the transaction of every change of who is a member. */
export function addMember(
  state: BatchState,
  roomId: string,
  actor: Actor,
  userId: string,
  role: MemberRole,
  /** Those who begin a room see all of it, also what came before their own joining. */
  visibleFrom?: number,
): number {
  const room = requireRoom(state, roomId)
  room.memberVersion += 1
  room.memberCount += 1
  const { seq } = state.append(roomId, room, {
    type: 'member:joined',
    actor,
    data: { userId, role },
  })
  state.members.set(pairKey(roomId, userId), {
    role,
    joinedSeq: seq,
    leftSeq: null,
    visibleFrom: visibleFrom ?? (room.history === 'all' ? 1 : seq),
    // What was said before one came is history, not unread.
    readSeq: seq,
    joinedAt: state.now,
  })
  state.changedMembers.add(pairKey(roomId, userId))
  state.changedUsers.add(userId)
  return seq
}

export function joinRoom(
  state: BatchState,
  { roomId, actor, userId, role }: LogCommandOf<'member:join'>,
): { seq: number; joined: boolean } {
  requireRoom(state, roomId)
  const member = activeMember(state, roomId, userId)
  if (member !== undefined) return { seq: member.joinedSeq, joined: false }
  return { seq: addMember(state, roomId, actor, userId, role), joined: true }
}

export function leaveRoom(
  state: BatchState,
  { roomId, actor, userId }: LogCommandOf<'member:leave'>,
): { left: boolean } {
  const room = requireRoom(state, roomId)
  const member = activeMember(state, roomId, userId)
  if (member === undefined) return { left: false }
  room.memberVersion += 1
  room.memberCount -= 1
  const { seq } = state.append(roomId, room, {
    type: 'member:left',
    actor,
    data: { userId, reason: actor.id === userId ? 'left' : 'removed' },
  })
  member.leftSeq = seq
  state.changedMembers.add(pairKey(roomId, userId))
  state.changedUsers.add(userId)
  return { left: true }
}
