import type { Erasure } from '@parley/message-schema'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import { writeAudit } from '../server/audit-store.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { BUMP_USER, endSessions } from './server-user-store.ts'
import { inTransaction } from '../transaction.ts'

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
  /** Is there one that nobody works at? */
  readonly isOpen: () => Promise<boolean>
  /** One that nobody works at, for a while. */
  readonly take: () => Promise<OpenErasure | null>
  readonly roomDone: (userId: string, roomId: string) => Promise<void>
  readonly finish: (userId: string) => Promise<void>
}

const LEASE_S = 60
/** Nobody works at it, or whoever did is gone. */
const OPEN = 'finished_at IS NULL AND (lease_until IS NULL OR lease_until < UTC_TIMESTAMP(3))'
const ERASED_NAME = 'Deleted user'
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

/** Everybody may see it who has its address: it goes at once, not when somebody looks after files. */
async function dropPicture(
  connection: PoolConnection,
  userId: string,
  avatarUrl: string | null,
): Promise<void> {
  const id = /^\/v1\/files\/([\da-f-]{36})$/u.exec(avatarUrl ?? '')?.[1]
  if (id === undefined) return
  await connection.query(
    `UPDATE file SET removed_at = UTC_TIMESTAMP(3), check_at = UTC_TIMESTAMP(3)
     WHERE id = ? AND owner_id = ? AND purpose = 'avatar' AND removed_at IS NULL`,
    [toBytes(id), userId],
  )
}

export function createErasureStore(pool: Pool): ErasureStore {
  return {
    begin: (userId, by, now, audit) =>
      inTransaction(pool, async (connection) => {
        const [user] = await connection.query<
          { erased_at: Date | null; avatar_url: string | null }[]
        >('SELECT erased_at, avatar_url FROM user WHERE id = ? FOR UPDATE', [userId])
        if (user === undefined || user.erased_at !== null) return []
        await connection.query(
          'INSERT INTO user_erasure (user_id, asked_at, asked_by) VALUES (?,?,?)',
          [userId, now, by],
        )
        await connection.query(ERASED_USER, [now, now, userId])
        await dropPicture(connection, userId, user.avatar_url)
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

    async isOpen() {
      const rows = await pool.query<unknown[]>(`SELECT 1 FROM user_erasure WHERE ${OPEN} LIMIT 1`)
      return rows.length > 0
    },

    take: () =>
      inTransaction(pool, async (connection) => {
        const [row] = await connection.query<{ user_id: string; after_room: Buffer | null }[]>(
          `SELECT user_id, after_room FROM user_erasure
           WHERE ${OPEN}
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

    async roomDone(userId, roomId) {
      await pool.query(
        `UPDATE user_erasure SET after_room = ?, rooms_done = rooms_done + 1,
           lease_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_S} SECOND WHERE user_id = ?`,
        [toBytes(roomId), userId],
      )
    },

    async finish(userId) {
      await pool.query(
        'UPDATE user_erasure SET finished_at = UTC_TIMESTAMP(3), lease_until = NULL WHERE user_id = ?',
        [userId],
      )
    },
  }
}
