import type { RoomRange } from '../../jobs/job.ts'
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
  readonly mark: (rooms: readonly RoomRange[]) => Promise<void>
  /** Every room, or one, from its beginning. */
  readonly markAll: (roomId?: string) => Promise<void>
  /** Is there a room that is due, and that nobody has taken? */
  readonly isDue: () => Promise<boolean>
  /** Those that are due longest, for `leaseMs`. */
  readonly take: (limit: number, leaseMs: number) => Promise<TodoRoom[]>
  /** The log was indexed up to `nextSeq` (excluded); `isEnd`: there was no more of it. */
  readonly advance: (room: TodoRoom, nextSeq: number, isEnd: boolean) => Promise<void>
  /** Rooms whose time has come. */
  readonly waiting: () => Promise<{ readonly rooms: number; readonly oldestMs: number }>
}

/**
 * A room is indexed when so many events wait, or after a while: of a larger piece of a log each word is
 * written less often. What waits is found by a look at the log.
 */
export const EVENTS_TO_WAIT_FOR = 500
const AFTER_S = 30

const NOW = 'UTC_TIMESTAMP(3)'
const DUE = `due_at <= ${NOW} AND lease_until <= ${NOW}`
const ROOMS_AT_ONCE = 500

async function mark(pool: Pool, rooms: readonly RoomRange[]): Promise<void> {
  // In one order, so that two workers do not wait for each other in a circle.
  const sorted = rooms.toSorted((one, other) => (one.roomId < other.roomId ? -1 : 1))
  for (let i = 0; i < sorted.length; i += ROOMS_AT_ONCE) {
    const some = sorted.slice(i, i + ROOMS_AT_ONCE)
    await pool.query(
      `INSERT INTO search_queue (room_id, from_seq, to_seq, queued_at, due_at, lease_until)
       VALUES ${some.map(() => `(?, ?, ?, ${NOW}, ${NOW} + INTERVAL ? SECOND, ${NOW})`).join()}
       ON DUPLICATE KEY UPDATE from_seq = LEAST(from_seq, VALUES(from_seq)),
         to_seq = GREATEST(to_seq, VALUES(to_seq)),
         due_at = IF(to_seq - from_seq + 1 < ${EVENTS_TO_WAIT_FOR}, due_at, LEAST(due_at, ${NOW}))`,
      some.flatMap(({ roomId, fromSeq, toSeq }) => {
        const isEnough = toSeq - fromSeq + 1 >= EVENTS_TO_WAIT_FOR
        return [toBytes(roomId), fromSeq, toSeq, isEnough ? 0 : AFTER_S]
      }),
    )
  }
}

async function isDue(pool: Pool): Promise<boolean> {
  const rows = await pool.query<unknown[]>(
    `SELECT 1 FROM search_queue FORCE INDEX (search_queue_due) WHERE ${DUE} LIMIT 1`,
  )
  return rows.length > 0
}

export function createSearchTodo(pool: Pool): SearchTodo {
  return {
    mark: (rooms) => mark(pool, rooms),

    async markAll(roomId) {
      const id = roomId === undefined ? [] : [toBytes(roomId)]
      const one = roomId === undefined ? '' : 'WHERE room_id = ?'
      await inTransaction(pool, async (connection) => {
        await connection.query(
          `INSERT INTO search_queue (room_id, from_seq, to_seq, queued_at, due_at, lease_until)
           SELECT room_id, 1, head, ${NOW}, ${NOW}, ${NOW} FROM room_head ${one}
           ON DUPLICATE KEY UPDATE marks = marks + 1, from_seq = 1, due_at = ${NOW}`,
          id,
        )
        await connection.query(`UPDATE search_room SET indexed_to = 0 ${one}`, id)
      })
    },

    isDue: () => isDue(pool),

    take: (limit, leaseMs) =>
      inTransaction(pool, async (connection) => {
        const rows = await connection.query<{ room_id: Buffer; marks: number }[]>(
          `SELECT room_id, marks FROM search_queue FORCE INDEX (search_queue_due)
           WHERE ${DUE}
           ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED`,
          [limit],
        )
        if (rows.length === 0) return []
        const marks = rows.map(() => '?').join()
        const ids = rows.map((row) => row.room_id)
        const [indexed] = await Promise.all([
          connection.query<{ room_id: Buffer; indexed_to: number }[]>(
            `SELECT room_id, indexed_to FROM search_room WHERE room_id IN (${marks})`,
            ids,
          ),
          connection.query(
            `UPDATE search_queue SET lease_until = ${NOW} + INTERVAL ? MICROSECOND
             WHERE room_id IN (${marks})`,
            [leaseMs * 1_000, ...ids],
          ),
        ])
        const to = new Map(indexed.map((row) => [fromBytes(row.room_id), row.indexed_to]))
        return rows.map((row) => {
          const roomId = fromBytes(row.room_id)
          return { roomId, fromSeq: (to.get(roomId) ?? 0) + 1, marks: row.marks }
        })
      }),

    async advance({ roomId, fromSeq, marks }, nextSeq, isEnd) {
      const room = toBytes(roomId)
      // Only from where it was: whoever asked for all of it meanwhile has it begin anew.
      await pool.query(
        `INSERT INTO search_room (room_id, indexed_to, streams) VALUES (?, ?, '[]')
         ON DUPLICATE KEY UPDATE indexed_to = IF(indexed_to = ?, VALUES(indexed_to), indexed_to)`,
        [room, nextSeq - 1, fromSeq - 1],
      )
      if (isEnd) {
        const done = await pool.query<{ affectedRows: number }>(
          'DELETE FROM search_queue WHERE room_id = ? AND marks = ? AND to_seq < ?',
          [room, marks, nextSeq],
        )
        if (done.affectedRows > 0) return
      }
      // It goes to the end of the queue: a long room does not keep others waiting. Where it was asked
      // for from further back meanwhile, that stays.
      await pool.query(
        `UPDATE search_queue SET lease_until = ${NOW}, queued_at = ${NOW},
           from_seq = IF(marks = ?, ?, from_seq),
           due_at = IF(? OR marks <> ? OR to_seq - from_seq + 1 >= ${EVENTS_TO_WAIT_FOR}, ${NOW},
             ${NOW} + INTERVAL ${AFTER_S} SECOND)
         WHERE room_id = ?`,
        [marks, nextSeq, !isEnd, marks, room],
      )
    },

    async waiting() {
      const [row] = await pool.query<{ n: number; oldest: number | null }[]>(
        `SELECT COUNT(*) AS n, TIMESTAMPDIFF(MICROSECOND, MIN(due_at), ${NOW}) AS oldest
         FROM search_queue WHERE due_at <= ${NOW}`,
      )
      return { rooms: row?.n ?? 0, oldestMs: (row?.oldest ?? 0) / 1_000 }
    },
  }
}
