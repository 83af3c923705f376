import type { User } from '@parley/message-schema'
import { SqlError } from 'mariadb'
import type { AuditEntry } from '../../audit/audit-entry.ts'
import { writeAudit } from '../server/audit-store.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { inTransaction } from '../transaction.ts'
import { userFromRow } from './user-store.ts'

export interface KnownServerUser {
  readonly user: User
  readonly isErased: boolean
}

export interface UserWrite {
  readonly id: string
  readonly kind: 'host' | 'bot'
  readonly displayName: string
  /** `undefined` leaves it as it is. */
  readonly avatarUrl: string | null | undefined
}

export interface ServerUserStore {
  readonly find: (ids: readonly string[]) => Promise<Map<string, KnownServerUser>>
  /** Creates or renames them. Their kind stays, and whoever was erased stays erased. */
  readonly put: (users: readonly UserWrite[], audit: readonly AuditEntry[]) => Promise<void>
  /** Ends all sessions, and all tokens of the host from before. Answers the sessions that it ended. */
  readonly signOut: (userId: string, now: Date, audit: AuditEntry) => Promise<string[]>
}

interface Row {
  readonly id: string
  readonly kind: string
  readonly username: string | null
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly createdAt: Date
  readonly erasedAt: Date | null
}

const COLUMNS = `id, kind, username, display_name AS displayName, avatar_url AS avatarUrl,
  created_at AS createdAt, erased_at AS erasedAt`
const DEADLOCK = 1213
const ATTEMPTS = 4

/** Gateways look again at what they know of the user. */
export const BUMP_USER = `INSERT INTO user_head (user_id, version) VALUES (?, 1)
  ON DUPLICATE KEY UPDATE version = version + 1`

const SESSIONS_AT_ONCE = 1_000

/** All of the user's, but one. */
export async function endSessions(
  connection: Pick<Pool, 'query'>,
  userId: string,
  now: Date,
  exceptId?: string,
): Promise<string[]> {
  const except = exceptId === undefined ? [] : [toBytes(exceptId)]
  const ended: string[] = []
  for (;;) {
    const rows = await connection.query<{ id: Buffer }[]>(
      `SELECT id FROM session WHERE user_id = ? AND revoked_at IS NULL
       ${exceptId === undefined ? '' : 'AND id <> ?'} LIMIT ${SESSIONS_AT_ONCE} FOR UPDATE`,
      [userId, ...except],
    )
    if (rows.length > 0) {
      await connection.query(
        `UPDATE session SET revoked_at = ? WHERE id IN (${rows.map(() => '?').join()})`,
        [now, ...rows.map(({ id }) => id)],
      )
    }
    ended.push(...rows.map(({ id }) => fromBytes(id)))
    if (rows.length < SESSIONS_AT_ONCE) return ended
  }
}

export function createServerUserStore(pool: Pool): ServerUserStore {
  /** Whether a picture is named differs from user to user: that is a second statement, not a default. */
  async function write(
    connection: Pick<Pool, 'query'>,
    users: readonly UserWrite[],
    hasAvatar: boolean,
  ): Promise<void> {
    if (users.length === 0) return
    await connection.query(
      `INSERT INTO user (id, kind, display_name, avatar_url)
       VALUES ${users.map(() => '(?,?,?,?)').join()}
       ON DUPLICATE KEY UPDATE
         display_name = IF(erased_at IS NULL, VALUES(display_name), display_name)
         ${hasAvatar ? ', avatar_url = IF(erased_at IS NULL, VALUES(avatar_url), avatar_url)' : ''}`,
      users.flatMap(({ id, kind, displayName, avatarUrl = null }) => [
        id,
        kind,
        displayName,
        avatarUrl,
      ]),
    )
  }

  async function put(
    users: readonly UserWrite[],
    audit: readonly AuditEntry[],
    attempt: number,
  ): Promise<void> {
    // Two replicas that meet the same users lock them in the same order.
    const sorted = users.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const has = ({ avatarUrl }: UserWrite): boolean => avatarUrl !== undefined
    try {
      await inTransaction(pool, async (connection) => {
        await write(connection, sorted.filter(has), true)
        await write(
          connection,
          sorted.filter((user) => !has(user)),
          false,
        )
        await writeAudit(connection, audit)
      })
    } catch (error) {
      const lost = error instanceof SqlError && error.errno === DEADLOCK
      if (!lost || attempt >= ATTEMPTS) throw error
      await put(users, audit, attempt + 1)
    }
  }

  return {
    async find(ids) {
      if (ids.length === 0) return new Map()
      const rows = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM user WHERE id IN (${ids.map(() => '?').join()})`,
        [...ids],
      )
      return new Map(
        rows.map((row) => [row.id, { user: userFromRow(row), isErased: row.erasedAt !== null }]),
      )
    },

    put: (users, audit) => put(users, audit, 1),

    signOut: (userId, now, audit) =>
      inTransaction(pool, async (connection) => {
        const ended = await endSessions(connection, userId, now)
        await connection.query(
          'UPDATE user SET tokens_valid_after = ? WHERE id = ? AND erased_at IS NULL',
          [now, userId],
        )
        await connection.query(BUMP_USER, [userId])
        await writeAudit(connection, [audit])
        return ended
      }),
  }
}
