import {
  DIRECT_ROLE,
  invalid,
  isAllowed,
  ParleyError,
  ROLES,
  type Actor,
  type BuiltInRole,
  type Permission,
  type RoleDefinition,
  type RoomKind,
} from '@parley/message-schema'
import type { BatchState, MemberState, RoomState } from './batch-state.ts'
import { requireMember, requireRoom } from './membership.ts'

/** Of a role that was taken away while somebody still has it. */
const NOTHING: RoleDefinition = { rank: 0, permissions: new Set() }

export const isBuiltIn = (role: string): role is BuiltInRole => Object.hasOwn(ROLES, role)

/** `custom` is what the table of roles says of a name that is not built in. */
export function definitionOf(
  kind: RoomKind,
  name: string,
  custom: RoleDefinition | undefined,
): RoleDefinition {
  if (kind !== 'room') return DIRECT_ROLE
  return isBuiltIn(name) ? ROLES[name] : (custom ?? NOTHING)
}

export const roleOf = (state: BatchState, { kind }: RoomState, name: string): RoleDefinition =>
  definitionOf(kind, name, state.customRoles.get(name))

export const may = (
  state: BatchState,
  room: RoomState,
  { role }: MemberState,
  permission: Permission,
): boolean => isAllowed(permission, role, roleOf(state, room, role), room.roleOverrides)

/**
 * Who acts, and in what room. `member` is `null` for the system, which may do everything. Asked under
 * the room's lock: a right that was taken away before is not there any more.
 */
export interface Standing {
  readonly room: RoomState
  readonly member: MemberState | null
}

export function requireActor(state: BatchState, roomId: string, actor: Actor): Standing {
  if (actor.kind === 'system') return { room: requireRoom(state, roomId), member: null }
  return requireMember(state, roomId, actor.id)
}

export function requirePermission(
  state: BatchState,
  { room, member }: Standing,
  permission: Permission,
): void {
  if (member === null || may(state, room, member, permission)) return
  throw new ParleyError('FORBIDDEN', {
    message: `Your role in this room lacks the permission ${permission}.`,
    details: { permission },
  })
}

/** One acts on those of a lower rank only. */
export function requireOutranks(
  state: BatchState,
  { room, member }: Standing,
  target: MemberState,
): void {
  if (member === null) return
  if (roleOf(state, room, member.role).rank > roleOf(state, room, target.role).rank) return
  throw new ParleyError('FORBIDDEN', { message: 'This person’s role is not below yours.' })
}

/** Nobody makes their equals, nor gives what they lack. Whether the role exists is asked here too. */
export function requireMayGrant(
  state: BatchState,
  { room, member }: Standing,
  roleName: string,
): void {
  requireRole(state, roleName)
  if (member === null) return
  const role = roleOf(state, room, roleName)
  if (role.rank >= roleOf(state, room, member.role).rank) {
    throw new ParleyError('FORBIDDEN', { message: 'One grants only roles below one’s own.' })
  }
  if (isBuiltIn(roleName)) return
  // The rank of a custom role says nothing of what it may do.
  const beyond = [...role.permissions].find((one) => !may(state, room, member, one))
  if (beyond === undefined) return
  throw new ParleyError('FORBIDDEN', {
    message: `One gives only what one has; you lack ${beyond}.`,
  })
}

/** What somebody may do in a room, and above whom they are. */
export interface Powers {
  readonly rank: number
  readonly may: (permission: Permission) => boolean
}

/**
 * Whether somebody may invite people as this. What everybody may come as to a public room, whoever
 * invites may give, if it is not above them; for more they need what changing roles needs.
 */
export function mayInviteAs(inviter: Powers, roleName: string, role: RoleDefinition): boolean {
  if (!inviter.may('members:invite')) return false
  if (isBuiltIn(roleName) && role.rank <= ROLES.member.rank) return role.rank <= inviter.rank
  const hasAll = isBuiltIn(roleName) || [...role.permissions].every(inviter.may)
  return inviter.may('members:role') && role.rank < inviter.rank && hasAll
}

export function requireRole(state: BatchState, roleName: string): void {
  if (isBuiltIn(roleName) || state.customRoles.has(roleName)) return
  throw invalid('role', `there is no role ${roleName}`)
}

export function refuseArchived({ room, member }: Standing): void {
  if (member !== null && room.archived) throw new ParleyError('ROOM_ARCHIVED')
}

/** Whether one may say anything at all in the room now: by a message, an edit or a reaction. */
export function requireVoice(state: BatchState, roomId: string, actor: Actor, at: Standing): void {
  const { room, member } = at
  if (member === null) return
  refuseArchived(at)
  if (member.mutedUntil !== null && member.mutedUntil > state.now) {
    const until = member.mutedUntil.toISOString()
    throw new ParleyError('MUTED', { details: { until } })
  }
  if (room.frozen && !may(state, room, member, 'moderation:exempt')) {
    throw new ParleyError('ROOM_FROZEN')
  }
  if (state.blocked.has(`${roomId}/${actor.id}`)) throw new ParleyError('BLOCKED')
}
