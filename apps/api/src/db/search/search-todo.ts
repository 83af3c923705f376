import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

/** A room that the index is behind in, taken by one worker until its lease ends. */
export interface TodoRoom {
  readonly roomId: string
  readonly fromSeq: number
  readonly marks: number
}

export interface SearchTodo {
  readonly mark: (
    rooms: readonly { readonly roomId: string; readonly fromSeq: number }[],
  ) => Promise<void>
  /** Every room, or one, from its beginning. */
  readonly markAll: (roomId?: string) => Promise<number>
  /** Those that wait longest, for `leaseMs`. */
  readonly take: (limit: number, leaseMs: number) => Promise<TodoRoom[]>
  /** The log was indexed up to `nextSeq` (excluded); `isDone`: there was no more of it. */
  readonly advance: (room: TodoRoom, nextSeq: number, isDone: boolean) => Promise<void>
  readonly waiting: () => Promise<{ readonly rooms: number; readonly oldestMs: number }>
}

const NOW = 'UTC_TIMESTAMP(3)'
const ROOMS_AT_ONCE = 500

export function createSearchTodo(pool: Pool): SearchTodo {
  return {
    async mark(rooms) {
      // In one order, so that two workers do not wait for each other in a circle.
      const sorted = rooms.toSorted((one, other) => (one.roomId < other.roomId ? -1 : 1))
      for (let i = 0; i < sorted.length; i += ROOMS_AT_ONCE) {
        const some = sorted.slice(i, i + ROOMS_AT_ONCE)
        await pool.query(
          `INSERT INTO search_todo (room_id, from_seq, queued_at, lease_until)
           VALUES ${some.map(() => `(?, ?, ${NOW}, ${NOW})`).join()}
           ON DUPLICATE KEY UPDATE marks = marks + 1, from_seq = LEAST(from_seq, VALUES(from_seq))`,
          some.flatMap(({ roomId, fromSeq }) => [toBytes(roomId), fromSeq]),
        )
      }
    },

    async markAll(roomId) {
      const one = roomId === undefined ? '' : 'WHERE room_id = ?'
      const result = await pool.query<{ affectedRows: number }>(
        `INSERT INTO search_todo (room_id, from_seq, queued_at, lease_until)
         SELECT room_id, 1, ${NOW}, ${NOW} FROM room_head ${one}
         ON DUPLICATE KEY UPDATE marks = marks + 1, from_seq = 1`,
        roomId === undefined ? [] : [toBytes(roomId)],
      )
      return result.affectedRows
    },

    take: (limit, leaseMs) =>
      inTransaction(pool, async (connection) => {
        const rows = await connection.query<{ room_id: Buffer; from_seq: number; marks: number }[]>(
          `SELECT room_id, from_seq, marks FROM search_todo WHERE lease_until <= ${NOW}
           ORDER BY queued_at LIMIT ? FOR UPDATE SKIP LOCKED`,
          [limit],
        )
        if (rows.length > 0) {
          await connection.query(
            `UPDATE search_todo SET lease_until = ${NOW} + INTERVAL ? MICROSECOND
             WHERE room_id IN (${rows.map(() => '?').join()})`,
            [leaseMs * 1_000, ...rows.map((row) => row.room_id)],
          )
        }
        return rows.map((row) => ({
          roomId: fromBytes(row.room_id),
          fromSeq: row.from_seq,
          marks: row.marks,
        }))
      }),

    async advance({ roomId, fromSeq, marks }, nextSeq, isDone) {
      const room = toBytes(roomId)
      if (isDone) {
        const done = await pool.query<{ affectedRows: number }>(
          'DELETE FROM search_todo WHERE room_id = ? AND marks = ?',
          [room, marks],
        )
        if (done.affectedRows > 0) return
      }
      // It goes to the end of the queue: a long room does not keep others waiting. Where it was asked
      // for from further back meanwhile, that stays.
      await pool.query(
        `UPDATE search_todo SET lease_until = ${NOW}, queued_at = ${NOW},
           from_seq = IF(from_seq = ?, ?, from_seq) WHERE room_id = ?`,
        [fromSeq, nextSeq, room],
      )
    },

    async waiting() {
      const [row] = await pool.query<{ n: number; oldest: number | null }[]>(
        `SELECT COUNT(*) AS n, TIMESTAMPDIFF(MICROSECOND, MIN(queued_at), ${NOW}) AS oldest
         FROM search_todo`,
      )
      return { rooms: row?.n ?? 0, oldestMs: (row?.oldest ?? 0) / 1_000 }
    },
  }
}
