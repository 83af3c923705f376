import type { Block, SignIn, User } from '@parley/message-schema'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { BUMP_USER, endSessions } from './server-user-store.ts'
import { inTransaction } from '../transaction.ts'
import { userFromRow } from './user-store.ts'

export interface ProfileChange {
  readonly displayName?: string | undefined
  readonly avatarUrl?: string | null | undefined
}

export interface AccountStore {
  readonly changeProfile: (userId: string, change: ProfileChange) => Promise<void>
  /** Living ones, the latest first. */
  readonly sessions: (userId: string, currentId: string | undefined) => Promise<SignIn[]>
  /** False if there is no such living session of this user. */
  readonly hasSession: (userId: string, id: string) => Promise<boolean>
  /** The ids of those that it ended. */
  readonly endOthers: (userId: string, exceptId: string | undefined, now: Date) => Promise<string[]>
  readonly blocks: (userId: string, after: string | undefined, limit: number) => Promise<Block[]>
  readonly countBlocks: (userId: string) => Promise<number>
  readonly block: (userId: string, blockedId: string, now: Date) => Promise<void>
  readonly unblock: (userId: string, blockedId: string) => Promise<void>
}

/** More than anybody signs in within the life of a session. */
const SESSIONS_SHOWN = 500

interface SessionRow {
  readonly id: Buffer
  readonly created_at: Date
  readonly refreshed_at: Date
  readonly expires_at: Date
}

interface BlockRow {
  readonly id: string
  readonly kind: string
  readonly username: string | null
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly createdAt: Date
  readonly blockedAt: Date
}

const toBlock = ({ blockedAt, ...user }: BlockRow): Block => ({
  user: userFromRow(user) satisfies User,
  blockedAt: blockedAt.toISOString(),
})

const LIVING = 'user_id = ? AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3)'

export function createAccountStore(pool: Pool): AccountStore {
  return {
    async changeProfile(userId, { displayName, avatarUrl }) {
      const sets = [
        ...(displayName === undefined ? [] : ['display_name = ?']),
        ...(avatarUrl === undefined ? [] : ['avatar_url = ?']),
      ]
      if (sets.length === 0) return
      const values = [displayName, avatarUrl].filter((value) => value !== undefined)
      await pool.query(
        `UPDATE user SET ${sets.join()} WHERE id = ? AND kind <> 'host' AND erased_at IS NULL`,
        [...values, userId],
      )
    },

    async sessions(userId, currentId) {
      const rows = await pool.query<SessionRow[]>(
        `SELECT id, created_at, refreshed_at, expires_at FROM session
         WHERE ${LIVING} ORDER BY refreshed_at DESC, id DESC LIMIT ${SESSIONS_SHOWN}`,
        [userId],
      )
      return rows.map((row) => ({
        id: fromBytes(row.id),
        createdAt: row.created_at.toISOString(),
        refreshedAt: row.refreshed_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        current: fromBytes(row.id) === currentId,
      }))
    },

    async hasSession(userId, id) {
      const rows = await pool.query<object[]>(`SELECT 1 FROM session WHERE ${LIVING} AND id = ?`, [
        userId,
        toBytes(id),
      ])
      return rows.length > 0
    },

    endOthers: (userId, exceptId, now) =>
      inTransaction(pool, async (connection) => {
        const ended = await endSessions(connection, userId, now, exceptId)
        if (ended.length > 0) await connection.query(BUMP_USER, [userId])
        return ended
      }),

    async blocks(userId, after, limit) {
      const rows = await pool.query<BlockRow[]>(
        `SELECT u.id, u.kind, u.username, u.display_name AS displayName,
           u.avatar_url AS avatarUrl, u.created_at AS createdAt, b.created_at AS blockedAt
         FROM user_block b JOIN user u ON u.id = b.blocked_id
         WHERE b.user_id = ? ${after === undefined ? '' : 'AND b.blocked_id > ?'}
         ORDER BY b.blocked_id LIMIT ?`,
        [userId, ...(after === undefined ? [] : [after]), limit],
      )
      return rows.map(toBlock)
    },

    async countBlocks(userId) {
      const [row] = await pool.query<{ n: number }[]>(
        'SELECT COUNT(*) AS n FROM user_block WHERE user_id = ?',
        [userId],
      )
      return row?.n ?? 0
    },

    async block(userId, blockedId, now) {
      await pool.query(
        'INSERT IGNORE INTO user_block (user_id, blocked_id, created_at) VALUES (?,?,?)',
        [userId, blockedId, now],
      )
    },

    async unblock(userId, blockedId) {
      await pool.query('DELETE FROM user_block WHERE user_id = ? AND blocked_id = ?', [
        userId,
        blockedId,
      ])
    },
  }
}
