import {
  LIMITS,
  type ChosenStatus,
  type MyPresence,
  type StatusChange,
} from '@parley/message-schema'
import type { Pool } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

/** What two people have to do with each other, as far as presence goes. */
export interface Shares {
  /** They are in a room together. Those with whom one is in none are absent. */
  readonly isContact: boolean
}

export interface ChosenPresence extends MyPresence {
  readonly version: number
}

export interface PresenceStore {
  /** Of those of the people who are in a room with the watcher. */
  readonly shares: (
    watcherId: string,
    userIds: readonly string[],
  ) => Promise<ReadonlyMap<string, Shares>>
  readonly lastSeen: (userIds: readonly string[]) => Promise<ReadonlyMap<string, Date>>
  readonly noteSeen: (seen: readonly { userId: string; at: Date }[]) => Promise<void>
  readonly chosen: (userIds: readonly string[]) => Promise<ReadonlyMap<string, ChosenPresence>>
  /** The user's version moves with it. */
  readonly choose: (change: StatusChange) => Promise<void>
}

const marks = (list: readonly unknown[]): string => list.map(() => '?').join()

interface ChosenRow {
  readonly user_id: string
  readonly status: ChosenStatus
  readonly status_text: string | null
  readonly version: number
}

/** For `UserState`s, too. */
export async function readChosen(
  connection: Pick<Pool, 'query'>,
  userIds: readonly string[],
): Promise<Map<string, ChosenPresence>> {
  if (userIds.length === 0) return new Map()
  const rows = await connection.query<ChosenRow[]>(
    `SELECT user_id, status, status_text, version FROM user_presence
     WHERE user_id IN (${marks(userIds)})`,
    [...userIds],
  )
  return new Map(
    rows.map(({ user_id: id, status, status_text: text, version }) => [
      id,
      { status, text, version },
    ]),
  )
}

export function createPresenceStore(pool: Pool): PresenceStore {
  return {
    chosen: (userIds) => readChosen(pool, userIds),

    // From the rooms of each of the people, in the index, to the watcher's part in them: left to
    // itself the optimiser begins with all rooms that there are, or reads all members of some.
    async shares(watcherId, userIds) {
      const rows = await pool.query<{ user_id: string; is_contact: number }[]>(
        `SELECT t.user_id, MAX(h.member_count <= ?) AS is_contact
         FROM room_member t FORCE INDEX (room_member_user)
         STRAIGHT_JOIN room_member w FORCE INDEX (PRIMARY)
           ON w.room_id = t.room_id AND w.user_id = ? AND w.left_seq IS NULL
         STRAIGHT_JOIN room r ON r.id = t.room_id AND r.deleted_at IS NULL
         STRAIGHT_JOIN room_head h ON h.room_id = t.room_id
         WHERE t.user_id IN (${marks(userIds)}) AND t.left_seq IS NULL
         GROUP BY t.user_id`,
        [LIMITS.contactMembers, watcherId, ...userIds],
      )
      return new Map(rows.map((row) => [row.user_id, { isContact: row.is_contact === 1 }]))
    },

    async lastSeen(userIds) {
      const rows = await pool.query<{ user_id: string; last_seen_at: Date }[]>(
        `SELECT user_id, last_seen_at FROM user_presence
         WHERE user_id IN (${marks(userIds)}) AND last_seen_at IS NOT NULL`,
        [...userIds],
      )
      return new Map(rows.map((row) => [row.user_id, row.last_seen_at]))
    },

    async noteSeen(seen) {
      // In the order of their ids: two gateways that saw the same people lock them in one order.
      const rows = seen.toSorted((a, b) => (a.userId < b.userId ? -1 : 1))
      await pool.query(
        `INSERT INTO user_presence (user_id, last_seen_at) VALUES ${rows.map(() => '(?, ?)').join()}
         ON DUPLICATE KEY UPDATE
           last_seen_at = GREATEST(COALESCE(last_seen_at, VALUES(last_seen_at)), VALUES(last_seen_at))`,
        rows.flatMap(({ userId, at }) => [userId, at]),
      )
    },

    choose: ({ userId, status, text }) =>
      inTransaction(pool, async (connection) => {
        await connection.query(
          `INSERT INTO user_presence (user_id, status, status_text, version) VALUES (?, ?, ?, 1)
           ON DUPLICATE KEY UPDATE
             status = ${status === undefined ? 'status' : 'VALUES(status)'},
             status_text = ${text === undefined ? 'status_text' : 'VALUES(status_text)'},
             version = version + 1`,
          [userId, status ?? 'online', text ?? null],
        )
        await moveVersion(connection, userId)
      }),
  }
}

/** Gateways that hold the user read again what they know of them. */
export async function moveVersion(connection: Pick<Pool, 'query'>, userId: string): Promise<void> {
  await connection.query(
    `INSERT INTO user_head (user_id, version) VALUES (?, 1)
     ON DUPLICATE KEY UPDATE version = version + 1`,
    [userId],
  )
}
