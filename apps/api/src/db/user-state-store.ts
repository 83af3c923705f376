import type { MemberRole, UserState, UserStates } from '@parley/message-schema'
import { fromBytes } from './binary-id.ts'
import type { Pool } from './connect.ts'
import { readEpoch } from './heads-store.ts'
import { inSnapshot } from './snapshot.ts'

interface RoomRow {
  readonly user_id: string
  readonly room_id: Buffer
  readonly role: MemberRole
  readonly joined_seq: number
  readonly visible_from: number
  readonly head: number
  readonly member_version: number
}

/** All that gateways know of these users, as of one moment. */
export async function readUserStates(
  pool: Pool,
  userIds: readonly string[],
  accessTokenTtlS: number,
): Promise<Omit<UserStates, 'refused'>> {
  if (userIds.length === 0) return { users: {}, epoch: await readEpoch(pool) }
  const marks = userIds.map(() => '?').join()
  const [versions, rooms, revoked, epoch] = await inSnapshot(pool, (connection) =>
    Promise.all([
      connection.query<{ user_id: string; version: number }[]>(
        `SELECT user_id, version FROM user_head WHERE user_id IN (${marks})`,
        userIds,
      ),
      connection.query<RoomRow[]>(
        `SELECT m.user_id, m.room_id, m.role, m.joined_seq, m.visible_from, h.head, h.member_version
         FROM room_member m JOIN room_head h ON h.room_id = m.room_id
         WHERE m.user_id IN (${marks}) AND m.left_seq IS NULL`,
        userIds,
      ),
      connection.query<{ user_id: string; id: Buffer }[]>(
        `SELECT user_id, id FROM session
         WHERE user_id IN (${marks}) AND revoked_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND`,
        [...userIds, accessTokenTtlS + 60],
      ),
      readEpoch(connection),
    ]),
  )
  const users: Record<string, UserState> = Object.create(null) as Record<string, UserState>
  for (const id of userIds) users[id] = { version: 0, rooms: [], revokedSessionIds: [] }
  for (const row of versions) {
    const user = users[row.user_id]
    if (user !== undefined) user.version = row.version
  }
  for (const row of rooms) {
    users[row.user_id]?.rooms.push({
      roomId: fromBytes(row.room_id),
      head: row.head,
      memberVersion: row.member_version,
      role: row.role,
      joinedSeq: row.joined_seq,
      visibleFrom: row.visible_from,
    })
  }
  for (const row of revoked) users[row.user_id]?.revokedSessionIds.push(fromBytes(row.id))
  return { users, epoch }
}
