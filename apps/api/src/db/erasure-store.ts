import type { Erasure } from '@parley/message-schema'
import type { AuditEntry } from '../audit/audit-entry.ts'
import { MESSAGE_CREATED, REACTION_CHANGED } from '../room-log/event-row.ts'
import { writeAudit } from './audit-store.ts'
import { fromBytes, toBytes } from './binary-id.ts'
import type { Pool } from './connect.ts'
import { BUMP_USER, endSessions } from './server-user-store.ts'
import { inTransaction } from './transaction.ts'
import { FORGOTTEN_WITH_USER } from './user-tables.ts'

export interface OpenErasure {
  readonly userId: string
  readonly afterRoom: string | null
}

export interface ErasureStore {
  /**
   * Forgets who the user was, and ends their sessions and tokens for ever. Again: changes nothing.
   * Answers the sessions that it ended.
   */
  readonly begin: (userId: string, by: string, now: Date, audit: AuditEntry) => Promise<string[]>
  readonly find: (userId: string) => Promise<Erasure | null>
  /** One that nobody works at, for a while. */
  readonly take: () => Promise<OpenErasure | null>
  /** The next room that the user has left anything in, in the order of their ids. */
  readonly nextRoom: (userId: string, after: string | null) => Promise<string | null>
  readonly roomDone: (userId: string, roomId: string) => Promise<void>
  /** Messages of the user in a room that still have a body, after `afterSeq`. */
  readonly messages: (
    userId: string,
    roomId: string,
    afterSeq: number,
    limit: number,
  ) => Promise<number[]>
  /** Messages in a room that the user has reacted to. */
  readonly reactions: (
    userId: string,
    roomId: string,
    limit: number,
  ) => Promise<{ readonly seq: number; readonly key: string }[]>
  /** One that the log does not let go of, as in a room that is no more. */
  readonly dropReaction: (
    userId: string,
    roomId: string,
    reaction: { readonly seq: number; readonly key: string },
  ) => Promise<void>
  /** Everything of theirs that is in no room. */
  readonly forgetRest: (userId: string) => Promise<void>
  readonly finish: (userId: string) => Promise<void>
}

const LEASE_S = 60
export const ERASED_NAME = 'Deleted user'
const ERASED_USER = `UPDATE user SET display_name = '${ERASED_NAME}', username = NULL,
  avatar_url = NULL, password_hash = NULL, tokens_valid_after = ?, erased_at = ? WHERE id = ?`

interface Row {
  readonly user_id: string
  readonly asked_at: Date
  readonly rooms_done: number
  readonly finished_at: Date | null
}

const toErasure = (row: Row): Erasure => ({
  userId: row.user_id,
  state: row.finished_at === null ? 'running' : 'finished',
  roomsDone: row.rooms_done,
  askedAt: row.asked_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
})

const AT_ONCE = 1_000

/** The first row of an index after a place, again and again: never a list of all rooms. */
async function firstAfter(
  pool: Pool,
  sql: (after: string) => string,
  userId: string,
  after: string | null,
): Promise<Buffer | null> {
  const values = after === null ? [userId] : [userId, toBytes(after)]
  const rows = await pool.query<{ room_id: Buffer }[]>(
    sql(after === null ? '' : 'AND room_id > ?'),
    values,
  )
  return rows[0]?.room_id ?? null
}

export function createErasureStore(pool: Pool): ErasureStore {
  return {
    begin: (userId, by, now, audit) =>
      inTransaction(pool, async (connection) => {
        const [user] = await connection.query<{ erased_at: Date | null }[]>(
          'SELECT erased_at FROM user WHERE id = ? FOR UPDATE',
          [userId],
        )
        if (user === undefined || user.erased_at !== null) return []
        await connection.query(
          'INSERT INTO user_erasure (user_id, asked_at, asked_by) VALUES (?,?,?)',
          [userId, now, by],
        )
        await connection.query(ERASED_USER, [now, now, userId])
        const ended = await endSessions(connection, userId, now)
        await connection.query(BUMP_USER, [userId])
        await writeAudit(connection, [audit])
        return ended
      }),

    async find(userId) {
      const [row] = await pool.query<Row[]>(
        'SELECT user_id, asked_at, rooms_done, finished_at FROM user_erasure WHERE user_id = ?',
        [userId],
      )
      return row === undefined ? null : toErasure(row)
    },

    take: () =>
      inTransaction(pool, async (connection) => {
        const [row] = await connection.query<{ user_id: string; after_room: Buffer | null }[]>(
          `SELECT user_id, after_room FROM user_erasure
           WHERE finished_at IS NULL AND (lease_until IS NULL OR lease_until < UTC_TIMESTAMP(3))
           ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED`,
        )
        if (row === undefined) return null
        await connection.query(
          `UPDATE user_erasure SET lease_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_S} SECOND
           WHERE user_id = ?`,
          [row.user_id],
        )
        return {
          userId: row.user_id,
          afterRoom: row.after_room === null ? null : fromBytes(row.after_room),
        }
      }),

    async nextRoom(userId, after) {
      const [written, joined] = await Promise.all([
        firstAfter(
          pool,
          (where) =>
            `SELECT room_id FROM room_event WHERE actor_id = ? ${where} ORDER BY room_id LIMIT 1`,
          userId,
          after,
        ),
        firstAfter(
          pool,
          (where) =>
            `SELECT room_id FROM room_member WHERE user_id = ? AND left_seq IS NULL ${where}
             ORDER BY room_id LIMIT 1`,
          userId,
          after,
        ),
      ])
      const found = [written, joined].filter((id) => id !== null)
      const [first] = found.toSorted((one, other) => one.compare(other))
      return first === undefined ? null : fromBytes(first)
    },

    async roomDone(userId, roomId) {
      await pool.query(
        `UPDATE user_erasure SET after_room = ?, rooms_done = rooms_done + 1,
           lease_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_S} SECOND WHERE user_id = ?`,
        [toBytes(roomId), userId],
      )
    },

    async messages(userId, roomId, afterSeq, limit) {
      const rows = await pool.query<{ seq: number }[]>(
        `SELECT e.seq FROM room_event e
         LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
         WHERE e.actor_id = ? AND e.room_id = ? AND e.type = ${MESSAGE_CREATED} AND e.seq > ?
           AND s.deleted_at IS NULL
         ORDER BY e.seq LIMIT ?`,
        [userId, toBytes(roomId), afterSeq, limit],
      )
      return rows.map(({ seq }) => seq)
    },

    async reactions(userId, roomId, limit) {
      return pool.query<{ seq: number; key: string }[]>(
        `SELECT DISTINCT r.seq, r.reaction_key AS \`key\` FROM room_event e
         JOIN message_reaction r ON r.room_id = e.room_id AND r.seq = e.ref_seq AND r.user_id = e.actor_id
         WHERE e.actor_id = ? AND e.room_id = ? AND e.type = ${REACTION_CHANGED} LIMIT ?`,
        [userId, toBytes(roomId), limit],
      )
    },

    async dropReaction(userId, roomId, { seq, key }) {
      await pool.query(
        `DELETE FROM message_reaction
         WHERE room_id = ? AND seq = ? AND reaction_key = ? AND user_id = ?`,
        [toBytes(roomId), seq, key, userId],
      )
    },

    async forgetRest(userId) {
      for (const table of FORGOTTEN_WITH_USER) {
        let deleted = AT_ONCE
        while (deleted === AT_ONCE) {
          const { affectedRows } = await pool.query<{ affectedRows: number }>(
            `DELETE FROM ${table} WHERE user_id = ? LIMIT ${AT_ONCE}`,
            [userId],
          )
          deleted = affectedRows
        }
      }
    },

    async finish(userId) {
      await pool.query(
        'UPDATE user_erasure SET finished_at = UTC_TIMESTAMP(3), lease_until = NULL WHERE user_id = ?',
        [userId],
      )
    },
  }
}
