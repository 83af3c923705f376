import { ParleyError } from '@parley/message-schema'
import { isBuiltIn, may, mayInviteAs, roleOf } from './authority.ts'
import { pairKey, type BatchState, type InviteState, type RoomState } from './batch-state.ts'
import { activeMember, refuseBanned, requireRoom } from './membership.ts'

/** An invite is worth what its maker may do now: of somebody who left it opens nothing. */
function isBacked(
  state: BatchState,
  room: RoomState,
  { roomId, createdBy, role }: InviteState,
): boolean {
  const maker = activeMember(state, roomId, createdBy)
  if (maker === undefined || !(isBuiltIn(role) || state.customRoles.has(role))) return false
  const powers = {
    rank: roleOf(state, room, maker.role).rank,
    may: may.bind(undefined, state, room, maker),
  }
  return mayInviteAs(powers, role, roleOf(state, room, role))
}

/**
 * Counted in the transaction of the joining, under the room's lock: an invite for ten is used by ten,
 * however many come at the same moment, and who fails to join uses up nothing.
 */
export function useInvite(
  state: BatchState,
  roomId: string,
  userId: string,
  inviteId: string,
): InviteState {
  const room = requireRoom(state, roomId)
  const invite = state.invites.get(inviteId)
  const isFor = invite?.userId === null || invite?.userId === userId
  if (invite === undefined || invite.roomId !== roomId || !isFor) {
    throw new ParleyError('NOT_FOUND', { message: 'There is no such invite.' })
  }
  refuseBanned(state, room, state.members.get(pairKey(roomId, userId)))
  if (room.archived) throw new ParleyError('ROOM_ARCHIVED')
  const isOver = invite.expiresAt !== null && invite.expiresAt <= state.now
  if (invite.closedAt !== null || isOver || !isBacked(state, room, invite)) {
    throw new ParleyError('GONE', { message: 'This invite has ended.' })
  }
  invite.uses += 1
  const isUsedUp = invite.maxUses !== null && invite.uses >= invite.maxUses
  if (isUsedUp || invite.userId !== null) invite.closedAt = state.now
  state.changedInvites.add(inviteId)
  return invite
}
