import type { LogCommandOf } from '@parley/message-schema'
import { requireRole } from './authority.ts'
import type { BatchState, RoomState } from './batch-state.ts'
import { addMember } from './change-members.ts'

/**
 * Idempotent on the room's id, and for DMs on the set of members: whoever comes second is given the
 * room that is there. The log begins with what the room is, then who is in it.
 */
export function createRoom(
  state: BatchState,
  command: LogCommandOf<'room:create'>,
): { roomId: string; created: boolean } {
  const { roomId, actor, roomKind, name, visibility, topic, history, memberIds } = command
  const memberSetHash = command.memberSetHash ?? null
  const there = memberSetHash === null ? undefined : state.roomOfMemberSet.get(memberSetHash)
  if (there !== undefined) return { roomId: there, created: false }
  if (state.rooms.has(roomId)) return { roomId, created: false }
  for (const role of Object.keys(command.roleOverrides ?? {})) requireRole(state, role)

  const room: RoomState = {
    kind: roomKind,
    name,
    topic,
    avatarUrl: command.avatarUrl ?? null,
    visibility,
    history,
    frozen: false,
    archived: false,
    slowModeS: command.slowModeS ?? 0,
    retentionDays: command.retentionDays ?? null,
    roleOverrides: command.roleOverrides ?? null,
    erasedTo: 0,
    erasedMsgNo: 0,
    sealedTo: 0,
    deletedAt: null,
    head: 0,
    lastMsgNo: 0,
    memberVersion: 0,
    memberCount: 0,
  }
  state.rooms.set(roomId, room)
  if (memberSetHash !== null) state.roomOfMemberSet.set(memberSetHash, roomId)
  state.newRooms.push({
    roomId,
    memberSetHash,
    createdBy: actor.id,
    createdAt: state.now,
  })
  state.append(roomId, room, {
    type: 'room:updated',
    actor,
    data: {
      kind: roomKind,
      name,
      visibility,
      topic,
      history,
      ...(room.avatarUrl !== null && { avatarUrl: room.avatarUrl }),
      ...(room.slowModeS !== 0 && { slowModeS: room.slowModeS }),
      ...(room.retentionDays !== null && { retentionDays: room.retentionDays }),
      ...(room.roleOverrides !== null && { roleOverrides: room.roleOverrides }),
    },
  })
  // What the system makes belongs to nobody.
  if (actor.kind !== 'system') {
    addMember(state, roomId, actor, actor.id, roomKind === 'room' ? 'owner' : 'member', 1)
  }
  for (const userId of new Set(memberIds)) {
    if (userId !== actor.id) addMember(state, roomId, actor, userId, 'member', 1)
  }
  return { roomId, created: true }
}
