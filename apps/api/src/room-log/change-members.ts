import {
  ParleyError,
  ROLES,
  type Actor,
  type LogCommandOf,
  type MemberRole,
} from '@parley/message-schema'
import {
  isBuiltIn,
  refuseArchived,
  requireActor,
  requireMayGrant,
  requireOutranks,
  requirePermission,
  requireRole,
  roleOf,
} from './authority.ts'
import { pairKey, type BatchState, type RoomState } from './batch-state.ts'
import { useInvite } from './use-invite.ts'
import {
  activeMember,
  isBanned,
  refuseBanned,
  requireMember,
  requireRoom,
  wasMember,
} from './membership.ts'

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
  const earlier = state.members.get(pairKey(roomId, userId))
  state.members.set(pairKey(roomId, userId), {
    role,
    joinedSeq: seq,
    leftSeq: null,
    visibleFrom: visibleFrom ?? (room.history === 'all' ? 1 : seq),
    // What was said before one came is history, not unread.
    readSeq: seq,
    readMsgNo: room.lastMsgNo,
    joinedAt: state.now,
    // Leaving and coming back ends no mute and no slow mode.
    mutedUntil: earlier?.mutedUntil ?? null,
    bannedUntil: null,
    lastSentAt: earlier?.lastSentAt ?? null,
  })
  state.changedMembers.add(pairKey(roomId, userId))
  state.changedUsers.add(userId)
  return seq
}

/** What somebody may be who comes to a public room without being asked. */
function requireMayCome(
  state: BatchState,
  room: RoomState,
  roomId: string,
  actor: Actor,
  role: MemberRole,
): void {
  requireRole(state, role)
  const member = state.members.get(pairKey(roomId, actor.id))
  refuseBanned(state, room, member)
  // A group DM is open to those who left it.
  const isReturning = room.kind === 'group' && wasMember(member)
  if (room.visibility !== 'public' && !isReturning) {
    throw new ParleyError(wasMember(member) ? 'NOT_MEMBER' : 'NOT_FOUND')
  }
  if (room.archived) throw new ParleyError('ROOM_ARCHIVED')
  // A custom role is given, whatever its rank.
  if (!isBuiltIn(role) || ROLES[role].rank > ROLES.member.rank) {
    throw new ParleyError('FORBIDDEN', { message: 'One comes as a member or a guest.' })
  }
}

function requireMayAdd(
  state: BatchState,
  { roomId, actor, userId, role }: LogCommandOf<'member:join'>,
): void {
  const at = requireActor(state, roomId, actor)
  refuseArchived(at)
  if (at.member !== null && at.room.kind !== 'room') {
    throw new ParleyError('FORBIDDEN', { message: 'A conversation has the people it began with.' })
  }
  requirePermission(state, at, 'members:add')
  requireMayGrant(state, at, role)
  if (isBanned(state, state.members.get(pairKey(roomId, userId)))) {
    throw new ParleyError('BANNED', { message: 'This person is banned from the room.' })
  }
}

export function joinRoom(
  state: BatchState,
  command: LogCommandOf<'member:join'>,
): { seq: number; joined: boolean } {
  const { roomId, actor, userId, role, inviteId } = command
  const room = requireRoom(state, roomId)
  const isSelf = actor.id === userId
  const there = activeMember(state, roomId, userId)
  if (there !== undefined && (isSelf || actor.kind === 'system')) {
    return { seq: there.joinedSeq, joined: false }
  }
  if (isSelf && inviteId !== undefined) {
    const invite = useInvite(state, roomId, userId, inviteId)
    return { seq: addMember(state, roomId, actor, userId, invite.role), joined: true }
  }
  if (isSelf && actor.kind !== 'system') requireMayCome(state, room, roomId, actor, role)
  else requireMayAdd(state, command)
  if (there !== undefined) return { seq: there.joinedSeq, joined: false }
  return { seq: addMember(state, roomId, actor, userId, role), joined: true }
}

/** The event, and the end of the membership; whether that may be was asked before. */
export function removeMember(
  state: BatchState,
  roomId: string,
  room: RoomState,
  actor: Actor,
  userId: string,
  reason: 'left' | 'removed' | 'banned' | 'erased',
): number {
  const member = activeMember(state, roomId, userId)
  if (member === undefined) throw new Error('Nobody to remove.')
  if (member.role === 'owner') succeed(state, roomId, room, actor, userId)
  room.memberVersion += 1
  room.memberCount -= 1
  const { seq } = state.append(roomId, room, {
    type: 'member:left',
    actor,
    data: { userId, reason },
  })
  member.leftSeq = seq
  state.changedMembers.add(pairKey(roomId, userId))
  state.changedUsers.add(userId)
  return seq
}

/**
 * A room whose owner goes has another one before, if there is anybody: of the highest rank, and of those
 * the longest in the room. They are among those whom the batch has read.
 */
function succeed(
  state: BatchState,
  roomId: string,
  room: RoomState,
  actor: Actor,
  leaving: string,
): void {
  let heir: { id: string; rank: number; joinedSeq: number } | undefined
  for (const [key, { role, joinedSeq, leftSeq }] of state.members) {
    const id = key.slice(roomId.length + 1)
    if (leftSeq !== null || id === leaving || key !== pairKey(roomId, id)) continue
    const { rank } = roleOf(state, room, role)
    const isBefore =
      heir === undefined || rank > heir.rank || (rank === heir.rank && joinedSeq < heir.joinedSeq)
    if (isBefore) heir = { id, rank, joinedSeq }
  }
  if (heir !== undefined) setRole(state, roomId, room, actor, heir.id, 'owner')
}

function setRole(
  state: BatchState,
  roomId: string,
  room: RoomState,
  actor: Actor,
  userId: string,
  role: MemberRole,
): number {
  const key = pairKey(roomId, userId)
  const member = state.members.get(key)
  if (member === undefined) throw new Error('Nobody to give a role to.')
  member.role = role
  state.changedMembers.add(key)
  state.changedUsers.add(userId)
  return state.append(roomId, room, { type: 'member:updated', actor, data: { userId, role } }).seq
}

function requireWasMember(
  state: BatchState,
  roomId: string,
  room: RoomState,
  userId: string,
): void {
  if (wasMember(state.members.get(pairKey(roomId, userId)))) return
  throw new ParleyError(room.visibility === 'public' ? 'NOT_MEMBER' : 'NOT_FOUND')
}

export function leaveRoom(
  state: BatchState,
  { roomId, actor, userId }: LogCommandOf<'member:leave'>,
): { left: boolean } {
  const isSelf = actor.id === userId
  if (isSelf || actor.kind === 'system') {
    const room = requireRoom(state, roomId)
    if (activeMember(state, roomId, userId) === undefined) {
      // Who never was here learns of nothing by leaving.
      if (actor.kind !== 'system') requireWasMember(state, roomId, room, userId)
      return { left: false }
    }
    if (room.kind === 'dm' && actor.kind !== 'system') {
      throw new ParleyError('FORBIDDEN', { message: 'Nobody leaves a conversation of two.' })
    }
    const ownReason = actor.kind === 'system' ? 'erased' : 'left'
    removeMember(state, roomId, room, actor, userId, isSelf ? ownReason : 'removed')
    return { left: true }
  }
  const at = requireMember(state, roomId, actor.id)
  if (at.room.kind !== 'room') {
    throw new ParleyError('FORBIDDEN', { message: 'Nobody is removed from a conversation.' })
  }
  requirePermission(state, at, 'members:remove')
  const target = activeMember(state, roomId, userId)
  if (target === undefined) return { left: false }
  requireOutranks(state, at, target)
  removeMember(state, roomId, at.room, actor, userId, 'removed')
  state.newAudit.push({ actor, action: 'member:remove', roomId, targetId: userId, details: null })
  return { left: true }
}

/** Promotion, demotion, and the transfer of a room: its old owner is an admin after it. */
export function updateMember(
  state: BatchState,
  { roomId, actor, userId, role }: LogCommandOf<'member:update'>,
): { seq?: number } {
  const at = requireActor(state, roomId, actor)
  const { room, member } = at
  const target = activeMember(state, roomId, userId)
  if (target?.role === role) return {}
  refuseArchived(at)
  if (room.kind !== 'room') {
    throw new ParleyError('FORBIDDEN', { message: 'In a conversation all are the same.' })
  }
  if (target === undefined) {
    requirePermission(state, at, 'members:role')
    throw new ParleyError('NOT_FOUND', { message: 'This person is not in the room.' })
  }
  const isTransfer = role === 'owner' && (member === null || member.role === 'owner')
  if (target.role === 'owner' && actor.id === userId) {
    throw new ParleyError('CONFLICT', { message: 'Make somebody else the owner first.' })
  }
  const isStepDown = actor.id === userId && member !== null
  if (!isStepDown) requirePermission(state, at, 'members:role')
  if (!isTransfer) requireMayGrant(state, at, role)
  if (!isStepDown) requireOutranks(state, at, target)
  state.newAudit.push({ actor, action: 'member:role', roomId, targetId: userId, details: { role } })
  const owner = isTransfer ? findOwner(state, roomId) : undefined
  const seq = setRole(state, roomId, room, actor, userId, role)
  if (owner !== undefined) setRole(state, roomId, room, actor, owner, 'admin')
  return { seq }
}

/** The actor, or whoever the batch has read as the owner. */
function findOwner(state: BatchState, roomId: string): string | undefined {
  for (const [key, { role, leftSeq }] of state.members) {
    if (role === 'owner' && leftSeq === null && key.startsWith(`${roomId}/`)) {
      return key.slice(roomId.length + 1)
    }
  }
  return undefined
}
