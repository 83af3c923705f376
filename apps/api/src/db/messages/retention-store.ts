import { tombstoneBody, type MessageBody } from '@parley/message-schema'
import { EVENT_TYPE_NUMBERS, MESSAGE_CREATED } from '../../room-log/event-row.ts'
import type { RetentionStore, RoomToPurge } from '../../retention/erase-old.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { RELEASE_HOURS } from '../files/message-files.ts'
import { inTransaction } from '../transaction.ts'

interface PurgeRow {
  readonly room_id: Buffer
  readonly purged_to: number
  readonly to_seq: number
}

const toPurgeRoom = (row: PurgeRow): RoomToPurge => ({
  roomId: fromBytes(row.room_id),
  fromSeq: row.purged_to + 1,
  toSeq: row.to_seq,
})

/** By what hangs on a message: rows of `(room_id, seq, …)`. */
const HANGING = [
  'room_mention',
  'message_preview',
  'message_reaction',
  'message_reaction_count',
  'room_pin',
  'message_file',
  'message_version',
]

/** The same tombstone as of a message that somebody deleted: `tombstoneBody`. */
const TOMBSTONE = `CONCAT('{"type":', JSON_EXTRACT(data, '$.type'),
  COALESCE(CONCAT(',"threadId":', JSON_EXTRACT(data, '$.threadId')), ''),
  COALESCE(CONCAT(',"importedAt":', JSON_EXTRACT(data, '$.importedAt')), ''), ',"deleted":true}')`

const BODIES = [
  `UPDATE room_event SET fingerprint = NULL,
     data = ${TOMBSTONE}
   WHERE room_id = ? AND type = ${MESSAGE_CREATED} AND seq BETWEEN ? AND ?
     AND JSON_EXTRACT(data, '$.deleted') IS NULL`,
  `UPDATE room_event e JOIN message_version v ON v.room_id = e.room_id AND v.event_seq = e.seq
   SET e.data = CONCAT('{"version":', v.version, ',"deleted":true}'), e.fingerprint = NULL
   WHERE v.room_id = ? AND v.seq BETWEEN ? AND ? AND v.version > 0`,
  `UPDATE room_event e JOIN message_preview p ON p.room_id = e.room_id AND p.event_seq = e.seq
   SET e.data = CONCAT('{"version":', JSON_EXTRACT(e.data, '$.version'), ',"deleted":true}')
   WHERE p.room_id = ? AND p.seq BETWEEN ? AND ?`,
  `UPDATE message_state SET deleted_at = COALESCE(deleted_at, UTC_TIMESTAMP(3)),
     data = ${TOMBSTONE}
   WHERE room_id = ? AND seq BETWEEN ? AND ?`,
  `UPDATE file f JOIN message_file mf ON mf.file_id = f.id
   SET f.check_at = UTC_TIMESTAMP(3) + INTERVAL ${RELEASE_HOURS} HOUR
   WHERE mf.room_id = ? AND mf.seq BETWEEN ? AND ?`,
]

/** Bodies that the database cannot read as JSON, as with half an emoji, which was once let in. */
const UNREADABLE = [
  {
    found: `room_event WHERE room_id = ? AND type = ${MESSAGE_CREATED} AND seq BETWEEN ? AND ?`,
    erase: 'UPDATE room_event SET fingerprint = NULL, data = ? WHERE room_id = ? AND seq = ?',
  },
  {
    found: 'message_state WHERE room_id = ? AND seq BETWEEN ? AND ?',
    erase: 'UPDATE message_state SET data = ? WHERE room_id = ? AND seq = ?',
  },
]

/** Before the others, whose statements would fail at them. */
async function eraseUnreadable(
  connection: PoolConnection,
  range: readonly [room: Buffer, from: number, to: number],
): Promise<void> {
  for (const { found, erase } of UNREADABLE) {
    const rows = await connection.query<{ seq: number; data: string }[]>(
      `SELECT seq, data FROM ${found} AND NOT JSON_VALID(data)`,
      [...range],
    )
    for (const { seq, data } of rows) {
      const tombstone = JSON.stringify(tombstoneBody(JSON.parse(data) as MessageBody))
      await connection.query(erase, [tombstone, range[0], seq])
    }
  }
}

async function purge(
  connection: PoolConnection,
  room: Buffer,
  from: number,
  to: number,
): Promise<void> {
  const range = [room, from, to] as const
  await eraseUnreadable(connection, range)
  const statements = [
    ...BODIES,
    ...HANGING.map((table) => `DELETE FROM ${table} WHERE room_id = ? AND seq BETWEEN ? AND ?`),
  ]
  await Promise.all(statements.map((statement) => connection.query(statement, [...range])))
  await connection.query(
    `INSERT INTO room_purge (room_id, purged_to) VALUES (?, ?)
     ON DUPLICATE KEY UPDATE purged_to = GREATEST(purged_to, VALUES(purged_to))`,
    [room, to],
  )
}

export function createRetentionStore(pool: Pool): RetentionStore {
  return {
    async rooms(after, limit) {
      const rows = await pool.query<
        { id: Buffer; retention_days: number; erased_to: number; head: number }[]
      >(
        `SELECT r.id, r.retention_days, r.erased_to, h.head
         FROM room r JOIN room_head h ON h.room_id = r.id
         WHERE r.retention_days IS NOT NULL AND r.deleted_at IS NULL AND r.id > ?
         ORDER BY r.id LIMIT ?`,
        [after === undefined ? Buffer.alloc(0) : toBytes(after), limit],
      )
      return rows.map((row) => ({
        roomId: fromBytes(row.id),
        retentionDays: row.retention_days,
        erasedTo: row.erased_to,
        head: row.head,
      }))
    },

    async sentAt(roomId, seq) {
      const [row] = await pool.query<{ ts: Date }[]>(
        'SELECT ts FROM room_event WHERE room_id = ? AND seq = ?',
        [toBytes(roomId), seq],
      )
      return row?.ts ?? null
    },

    async hasMessages(roomId, fromSeq, toSeq) {
      const rows = await pool.query<unknown[]>(
        `SELECT 1 FROM room_event FORCE INDEX (room_event_type)
         WHERE room_id = ? AND type = ${EVENT_TYPE_NUMBERS['message:created']}
           AND seq BETWEEN ? AND ? LIMIT 1`,
        [toBytes(roomId), fromSeq, toSeq],
      )
      return rows.length > 0
    },

    async notePurge(roomId) {
      await pool.query('INSERT IGNORE INTO room_purge (room_id, purged_to) VALUES (?, 0)', [
        toBytes(roomId),
      ])
    },

    async toPurge(after, limit) {
      const rows = await pool.query<PurgeRow[]>(
        `SELECT p.room_id, p.purged_to, r.erased_to AS to_seq
         FROM room_purge p JOIN room r ON r.id = p.room_id
         WHERE p.room_id > ? AND r.erased_to > p.purged_to ORDER BY p.room_id LIMIT ?`,
        [after === undefined ? Buffer.alloc(0) : toBytes(after), limit],
      )
      return rows.map(toPurgeRoom)
    },

    async deletedRooms(olderThanDays, limit) {
      const rows = await pool.query<PurgeRow[]>(
        `SELECT r.id AS room_id, COALESCE(p.purged_to, 0) AS purged_to, h.head AS to_seq
         FROM room r JOIN room_head h ON h.room_id = r.id
         LEFT JOIN room_purge p ON p.room_id = r.id
         WHERE r.deleted_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY
           AND (p.purged_to IS NULL OR p.purged_to < h.head)
         ORDER BY r.deleted_at LIMIT ?`,
        [olderThanDays, limit],
      )
      return rows.map(toPurgeRoom)
    },

    purge: (roomId, fromSeq, toSeq) =>
      inTransaction(pool, (connection) => purge(connection, toBytes(roomId), fromSeq, toSeq)),
  }
}
