import { nextLook, type ShownStore } from '../../notifications/clear-read.ts'
import { fromBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { derivedTable } from '../derived-table.ts'
import { putSends } from './push-send-rows.ts'
import { inTransaction } from '../transaction.ts'

interface ShownRow {
  readonly user_id: string
  readonly room_id: Buffer
  readonly shown_to: number
  readonly shown_at: Date
  /** Read, left, or what it tells of is gone. */
  readonly is_over: number
}

async function takeShown(connection: PoolConnection, now: Date, limit: number) {
  const locked = await connection.query<{ user_id: string; room_id: Buffer }[]>(
    `SELECT user_id, room_id FROM notification_state
     WHERE check_at <= ? ORDER BY check_at LIMIT ? FOR UPDATE SKIP LOCKED`,
    [now, limit],
  )
  if (locked.length === 0) return []
  const { table, values } = derivedTable(
    ['user_id', 'room_id'],
    locked.map(({ user_id, room_id }) => [user_id, room_id]),
  )
  return connection.query<ShownRow[]>(
    `SELECT s.user_id, s.room_id, s.shown_to, s.shown_at,
       m.user_id IS NULL OR m.left_seq IS NOT NULL OR m.read_seq >= s.shown_to
         OR r.deleted_at IS NOT NULL OR (s.shown_count = 1 AND t.deleted_at IS NOT NULL) AS is_over
     FROM ${table} k
     STRAIGHT_JOIN notification_state s
       ON s.user_id = k.user_id COLLATE utf8mb4_bin AND s.room_id = k.room_id
     LEFT JOIN room_member m ON m.room_id = s.room_id AND m.user_id = s.user_id
     LEFT JOIN room r ON r.id = s.room_id
     LEFT JOIN message_state t ON t.room_id = s.room_id AND t.seq = s.shown_to`,
    values,
  )
}

async function keep(
  connection: PoolConnection,
  rows: readonly (readonly [ShownRow, Date | null])[],
): Promise<void> {
  const { table, values } = derivedTable(
    ['user_id', 'room_id', 'look_at'],
    rows.map(([{ user_id, room_id }, at]) => [user_id, room_id, at]),
  )
  // Without another look there is nothing left to remember of it.
  await connection.query(
    `UPDATE ${table} k STRAIGHT_JOIN notification_state s
       ON s.user_id = k.user_id COLLATE utf8mb4_bin AND s.room_id = k.room_id
     SET s.check_at = k.look_at,
       s.shown_from = IF(k.look_at IS NULL, NULL, s.shown_from),
       s.shown_to = IF(k.look_at IS NULL, NULL, s.shown_to),
       s.shown_count = IF(k.look_at IS NULL, 0, s.shown_count),
       s.shown_at = IF(k.look_at IS NULL, NULL, s.shown_at)`,
    values,
  )
  await connection.query(
    `DELETE s FROM ${table} k STRAIGHT_JOIN notification_state s
       ON s.user_id = k.user_id COLLATE utf8mb4_bin AND s.room_id = k.room_id
     WHERE s.due_at IS NULL AND s.shown_to IS NULL`,
    values,
  )
}

export function createShownStore(pool: Pool): ShownStore {
  return {
    clearRead: (now, limit) =>
      inTransaction(pool, async (connection) => {
        const rows = await takeShown(connection, now, limit)
        if (rows.length === 0) return 0
        await putSends(
          connection,
          rows
            .filter(({ is_over }) => is_over)
            .map((row) => ({
              userId: row.user_id,
              roomId: fromBytes(row.room_id),
              kind: 'clear',
              seq: row.shown_to,
              reason: 'message',
              count: 0,
            })),
          now,
        )
        await keep(
          connection,
          rows.map((row) => [row, row.is_over ? null : nextLook(row.shown_at, now)]),
        )
        return rows.length
      }),
  }
}
