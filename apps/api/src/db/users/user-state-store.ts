import {
  DEFAULT_PRIVACY,
  type MemberRole,
  type UserState,
  type UserStates,
} from '@parley/message-schema'
import { fromBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { readEpoch } from '../log/heads-store.ts'
import { readChosen } from './presence-store.ts'
import { inSnapshot } from '../snapshot.ts'
import { readPrivacy } from './user-pref-store.ts'

interface RoomRow {
  readonly user_id: string
  readonly room_id: Buffer
  readonly role: MemberRole
  readonly joined_seq: number
  readonly visible_from: number
  readonly head: number
  readonly member_version: number
  readonly member_count: number
  readonly muted_until: Date | null
  readonly frozen: number
  readonly archived: number
}

const NOTHING_CHOSEN = { status: 'online', text: null, version: 0 } as const

/** All that gateways know of these users, as of one moment. */
export async function readUserStates(
  pool: Pool,
  userIds: readonly string[],
  accessTokenTtlS: number,
): Promise<Omit<UserStates, 'refused'>> {
  if (userIds.length === 0) return { users: {}, epoch: await readEpoch(pool) }
  const marks = userIds.map(() => '?').join()
  const [versions, rooms, revoked, epoch, chosen, privacy, signedOut] = await inSnapshot(
    pool,
    (connection) =>
      Promise.all([
        connection.query<{ user_id: string; version: number }[]>(
          `SELECT user_id, version FROM user_head WHERE user_id IN (${marks})`,
          userIds,
        ),
        connection.query<RoomRow[]>(
          `SELECT m.user_id, m.room_id, m.role, m.joined_seq, m.visible_from, h.head, h.member_version,
                h.member_count, m.muted_until, r.frozen, r.archived
         FROM room_member m FORCE INDEX (room_member_user)
         STRAIGHT_JOIN room_head h ON h.room_id = m.room_id
         STRAIGHT_JOIN room r ON r.id = m.room_id
         WHERE m.user_id IN (${marks}) AND m.left_seq IS NULL AND r.deleted_at IS NULL`,
          userIds,
        ),
        connection.query<{ user_id: string; id: Buffer }[]>(
          `SELECT user_id, id FROM session
         WHERE user_id IN (${marks}) AND revoked_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND`,
          [...userIds, accessTokenTtlS + 60],
        ),
        readEpoch(connection),
        readChosen(connection, userIds),
        readPrivacy(connection, userIds),
        connection.query<{ id: string; at: Date }[]>(
          `SELECT id, tokens_valid_after AS at FROM user
         WHERE id IN (${marks}) AND tokens_valid_after IS NOT NULL`,
          userIds,
        ),
      ]),
  )
  const users: Record<string, UserState> = Object.create(null) as Record<string, UserState>
  for (const id of userIds) {
    const { typing, readReceipts } = privacy.get(id) ?? DEFAULT_PRIVACY
    const { status, text, version } = chosen.get(id) ?? NOTHING_CHOSEN
    const presence = { status, text, version, typing, readReceipts }
    users[id] = { version: 0, rooms: [], revokedSessionIds: [], presence }
  }
  for (const row of versions) {
    const user = users[row.user_id]
    if (user !== undefined) user.version = row.version
  }
  for (const row of rooms) {
    users[row.user_id]?.rooms.push({
      roomId: fromBytes(row.room_id),
      head: row.head,
      memberVersion: row.member_version,
      memberCount: row.member_count,
      ...(row.muted_until !== null && { mutedUntil: row.muted_until.toISOString() }),
      ...(row.frozen !== 0 && { frozen: true }),
      ...(row.archived !== 0 && { archived: true }),
      role: row.role,
      joinedSeq: row.joined_seq,
      visibleFrom: row.visible_from,
    })
  }
  for (const row of revoked) users[row.user_id]?.revokedSessionIds.push(fromBytes(row.id))
  for (const { id, at } of signedOut) {
    const user = users[id]
    if (user !== undefined) user.tokensValidAfterMs = at.getTime()
  }
  return { users, epoch }
}
