import type { LogCommand } from '@parley/message-schema'
import { isBuiltIn } from '../../room-log/authority.ts'
import { pairKey, type BatchState } from '../../room-log/batch-state.ts'
import { fillMembers, MEMBER_COLUMNS, type MemberRow } from './batch-rows.ts'
import { toBytes } from '../binary-id.ts'
import type { Queries } from '../packets.ts'
import { readPermissions } from '../rooms/custom-role.ts'
import { selectByKeys, selectIn } from '../select-by-keys.ts'

/**
 * Asked for once the members are known, and only where it matters: who made the invites that are used,
 * who owns a room next when its owner may go, and roles that are not built in. In most batches it asks
 * for nothing.
 */
export async function loadAuthority(
  connection: Queries,
  state: BatchState,
  commands: readonly LogCommand[],
): Promise<void> {
  await Promise.all([loadMakers(connection, state), loadHeirs(connection, state, commands)])
  await loadRoles(connection, state, commands)
}

async function loadMakers(connection: Queries, state: BatchState): Promise<void> {
  const makers = new Map<string, [Buffer, string]>()
  for (const { roomId, createdBy } of state.invites.values()) {
    const key = pairKey(roomId, createdBy)
    if (!state.members.has(key)) makers.set(key, [toBytes(roomId), createdBy])
  }
  const rows = await selectByKeys<MemberRow>(
    connection,
    MEMBER_COLUMNS,
    ['room_member', 'm'],
    [
      ['room_id', 'binary'],
      ['user_id', 'text'],
    ],
    makers,
  )
  fillMembers(state, rows)
}

async function loadRoles(
  connection: Queries,
  state: BatchState,
  commands: readonly LogCommand[],
): Promise<void> {
  const names = new Set<string>()
  for (const { role } of state.members.values()) names.add(role)
  for (const { role } of state.invites.values()) names.add(role)
  for (const command of commands) {
    if ('role' in command) names.add(command.role)
    for (const name of Object.keys(overridesOf(command))) names.add(name)
  }
  const rows = await selectIn<{ name: string; role_rank: number; permissions: string }>(
    connection,
    'SELECT name, `rank` AS role_rank, permissions FROM custom_role',
    'name',
    [...names].filter((name) => !isBuiltIn(name)),
  )
  for (const { name, role_rank: rank, permissions } of rows) {
    state.customRoles.set(name, { rank, permissions: new Set(readPermissions(permissions)) })
  }
}

function overridesOf(command: LogCommand): object {
  if (command.kind === 'room:create') return command.roleOverrides ?? {}
  return command.kind === 'room:update' ? (command.change.roleOverrides ?? {}) : {}
}

/** Rooms whose owner may change, with how many people may leave them in this batch. */
function roomsWithHeirs(state: BatchState, commands: readonly LogCommand[]): Map<string, number> {
  const leaving = new Map<string, number>()
  const rooms = new Set<string>()
  for (const command of commands) {
    const { roomId } = command
    const isTransfer = command.kind === 'member:update' && command.role === 'owner'
    const mayRemove = command.kind === 'member:leave' || command.kind === 'moderation:act'
    if (!isTransfer && !mayRemove) continue
    if (mayRemove) leaving.set(roomId, (leaving.get(roomId) ?? 0) + 1)
    const target = state.members.get(pairKey(roomId, command.userId))
    if (isTransfer || target?.role === 'owner') rooms.add(roomId)
  }
  return new Map([...rooms].map((roomId) => [roomId, leaving.get(roomId) ?? 0]))
}

const HEIRS = ['owner', 'admin', 'moderator', 'member', 'guest']

/** The first of each role, and as many more as may go with the owner in the same batch. */
async function loadHeirs(
  connection: Queries,
  state: BatchState,
  commands: readonly LogCommand[],
): Promise<void> {
  const rooms = roomsWithHeirs(state, commands)
  if (rooms.size === 0) return
  const custom = await connection.query<{ name: string }[]>('SELECT name FROM custom_role')
  const roles = [...HEIRS, ...custom.map(({ name }) => name)]
  const first = `SELECT ${MEMBER_COLUMNS} FROM room_member m FORCE INDEX (room_member_role)
    WHERE m.room_id = ? AND m.left_seq IS NULL`
  for (const [roomId, leaving] of rooms) {
    const id = toBytes(roomId)
    const count = leaving + 1
    const ofRole = `(${first} AND m.role = ? ORDER BY m.joined_seq LIMIT ?)`
    const rows = await connection.query<MemberRow[]>(
      // The last part finds those whose role was taken away.
      `${roles.map(() => ofRole).join(' UNION ALL ')}
       UNION ALL (${first} ORDER BY m.role, m.joined_seq LIMIT ?)`,
      [...roles.flatMap((role) => [id, role, count]), id, count],
    )
    // What the batch has read already stands: it may have been changed by an earlier command.
    fillMembers(
      state,
      rows.filter((row) => !state.members.has(pairKey(roomId, row.user_id))),
    )
  }
}
