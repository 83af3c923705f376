import { MESSAGE_CREATED, REACTION_CHANGED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { FORGOTTEN_WITH_USER } from './user-tables.ts'

/** What somebody who is erased has left, and how what is in no room goes. */
export interface ErasureLeftovers {
  /** The next room that the user has left anything in, in the order of their ids. */
  readonly nextRoom: (userId: string, after: string | null) => Promise<string | null>
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
}

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

export function createErasureLeftovers(pool: Pool): ErasureLeftovers {
  return {
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
      // Files that no message has any more: whoever looks after files finds that nobody wants them.
      await pool.query(
        'UPDATE file SET check_at = UTC_TIMESTAMP(3) WHERE owner_id = ? AND removed_at IS NULL',
        [userId],
      )
      // Answers that were kept for repeats of what they asked.
      await pool.query('DELETE FROM request_claim WHERE principal = ?', [`user:${userId}`])
      // That they reported something stays with the message; what they wrote about it does not.
      await pool.query('UPDATE report SET note = NULL WHERE reporter_id = ?', [userId])
    },
  }
}
