import { SqlError } from 'mariadb'
import type { Pool } from '../connect.ts'

export interface HostUser {
  readonly id: string
  readonly displayName: string
  readonly avatarUrl: string | null
}

export interface KnownUser extends HostUser {
  /** False for an account, guest or bot of ours, and for somebody who was erased. */
  readonly isHost: boolean
}

export interface HostUserStore {
  readonly find: (ids: readonly string[]) => Promise<KnownUser[]>
  /** Creates or updates them, and leaves alone who is not the host's. */
  readonly put: (users: readonly HostUser[]) => Promise<void>
}

const DEADLOCK = 1213
const ATTEMPTS = 4

export function createHostUserStore(pool: Pool): HostUserStore {
  async function put(users: readonly HostUser[], attempt: number): Promise<void> {
    // Two replicas that meet the same users lock them in the same order.
    const rows = users.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    try {
      // `VALUES()` and not a row alias: MariaDB has no aliases. A user who is not the host's stays.
      await pool.query(
        `INSERT INTO user (id, kind, display_name, avatar_url)
         VALUES ${rows.map(() => `(?, 'host', ?, ?)`).join()}
         ON DUPLICATE KEY UPDATE
           display_name =
             IF(kind = 'host' AND erased_at IS NULL, VALUES(display_name), display_name),
           avatar_url = IF(kind = 'host' AND erased_at IS NULL, VALUES(avatar_url), avatar_url)`,
        rows.flatMap(({ id, displayName, avatarUrl }) => [id, displayName, avatarUrl]),
      )
    } catch (error) {
      const lost = error instanceof SqlError && error.errno === DEADLOCK
      if (!lost || attempt >= ATTEMPTS) throw error
      await put(users, attempt + 1)
    }
  }

  return {
    async find(ids) {
      const rows = await pool.query<
        {
          id: string
          kind: string
          display_name: string
          avatar_url: string | null
          erased_at: Date | null
        }[]
      >(
        `SELECT id, kind, display_name, avatar_url, erased_at FROM user
         WHERE id IN (${ids.map(() => '?').join()})`,
        [...ids],
      )
      return rows.map((row): KnownUser => ({
        id: row.id,
        isHost: row.kind === 'host' && row.erased_at === null,
        displayName: row.display_name,
        avatarUrl: row.avatar_url,
      }))
    },
    put: (users) => put(users, 1),
  }
}
