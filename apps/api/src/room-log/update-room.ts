import {
  invalid,
  ParleyError,
  type LogCommandOf,
  type Permission,
  type RoleOverrides,
  type RoomFacts,
} from '@parley/message-schema'
import {
  may,
  refuseArchived,
  requireActor,
  requirePermission,
  requireRole,
  roleOf,
  type Standing,
} from './authority.ts'
import type { BatchState, RoomSettings, RoomState } from './batch-state.ts'

/** What one must be allowed to, to change each of them. */
const NEEDED: Record<keyof RoomSettings, Permission> = {
  name: 'room:update',
  topic: 'room:update',
  avatarUrl: 'room:update',
  visibility: 'room:update',
  history: 'room:update',
  retentionDays: 'room:update',
  slowModeS: 'room:freeze',
  frozen: 'room:freeze',
  archived: 'room:archive',
  roleOverrides: 'members:role',
}
const FIELDS = Object.keys(NEEDED) as (keyof RoomSettings)[]
/** Of a group DM anybody in it may change these; of a DM nothing. */
const OF_A_GROUP = new Set<keyof RoomSettings>(['name', 'topic', 'avatarUrl'])
/** Changes of these are written to the audit log. */
const AUDITED = new Set<keyof RoomSettings>([
  'visibility',
  'history',
  'retentionDays',
  'slowModeS',
  'frozen',
  'archived',
  'roleOverrides',
])

function requireMayChange(state: BatchState, at: Standing, field: keyof RoomSettings): void {
  const { room, member } = at
  if (member === null) return
  if (room.kind === 'room') return requirePermission(state, at, NEEDED[field])
  if (room.kind === 'group' && OF_A_GROUP.has(field)) return
  throw new ParleyError('FORBIDDEN', {
    message: `A conversation between people has no ${field} of its own to change.`,
  })
}

/** Only for roles below one’s own, and nothing that one may not do oneself. To drop is to change. */
function requireMayOverride(state: BatchState, at: Standing, overrides: RoleOverrides): void {
  const { room, member } = at
  const before = room.roleOverrides ?? {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(overrides)])) {
    if (isSame(overrides[name], before[name])) continue
    if (name in overrides) requireRole(state, name)
    if (member === null) continue
    if (roleOf(state, room, name).rank >= roleOf(state, room, member.role).rank) {
      throw new ParleyError('FORBIDDEN', { message: `The role ${name} is not below yours.` })
    }
    const beyond = overrides[name]?.allow?.find((one) => !may(state, room, member, one))
    if (beyond !== undefined) {
      throw new ParleyError('FORBIDDEN', {
        message: `One gives only what one has; you lack ${beyond}.`,
      })
    }
  }
}

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other)

function eraseTo(
  state: BatchState,
  roomId: string,
  { room, member }: Standing,
  to: number,
): boolean {
  if (member !== null) {
    throw new ParleyError('FORBIDDEN', { message: 'Only retention erases.' })
  }
  if (to <= room.erasedTo) return false
  if (to > room.head) throw new ParleyError('CURSOR_AHEAD')
  room.erasedTo = to
  room.erasedMsgNo = Math.max(room.erasedMsgNo, state.msgNoUpTo(roomId, to))
  return true
}

/** `seq` is absent where nothing was to be changed. */
export function updateRoom(
  state: BatchState,
  { roomId, actor, change }: LogCommandOf<'room:update'>,
): { seq?: number } {
  const at = requireActor(state, roomId, actor)
  const { room } = at
  if (change.name === null && room.kind === 'room') {
    throw invalid('name', 'a room has one')
  }
  const told: Record<string, unknown> = {}
  for (const field of FIELDS) {
    const value = change[field]
    if (value === undefined || isSame(value, room[field])) continue
    // What is brought back may be changed by the same command.
    if (field !== 'archived' && change.archived !== false) refuseArchived(at)
    requireMayChange(state, at, field)
    told[field] = value
  }
  if (change.roleOverrides !== undefined) {
    requireMayOverride(state, at, change.roleOverrides ?? {})
  }
  if (change.deleted === true) {
    if (room.kind !== 'room') {
      throw new ParleyError('FORBIDDEN', {
        message: 'Nobody deletes a conversation for the others.',
      })
    }
    requirePermission(state, at, 'room:delete')
  }
  if (change.erasedTo !== undefined && eraseTo(state, roomId, at, change.erasedTo)) {
    told['erasedTo'] = change.erasedTo
  }
  // All is allowed from here on.
  if (change.deleted === true) {
    room.deletedAt = state.now
    room.memberVersion += 1
    told['deleted'] = true
  }
  return apply(state, roomId, room, actor, told)
}

function apply(
  state: BatchState,
  roomId: string,
  room: RoomState,
  actor: LogCommandOf<'room:update'>['actor'],
  told: RoomFacts,
): { seq?: number } {
  const fields = Object.keys(told)
  if (fields.length === 0) return {}
  for (const field of FIELDS) {
    if (field in told) (room as unknown as Record<string, unknown>)[field] = told[field]
  }
  state.changedRooms.add(roomId)
  const { seq } = state.append(roomId, room, { type: 'room:updated', actor, data: told })
  // What the members of before may see was settled when they came.
  if (told.history === 'all') room.sealedTo = seq
  const isAudited = fields.some((field) => AUDITED.has(field as keyof RoomSettings))
  if (isAudited || told.deleted === true) {
    const action = told.deleted === true ? 'room:delete' : 'room:update'
    state.newAudit.push({ actor, action, roomId, targetId: null, details: told })
  }
  return { seq }
}
