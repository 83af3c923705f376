import { FOR_EVER } from '../../room-log/membership.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

export interface Restricted {
  readonly userId: string
  readonly username: string | null
  readonly displayName: string
  /** `null`: until it is taken back. */
  readonly until: string | null
}

/** In the order of their ids, after `after`. Those whose time is over are in no list. */
export type ListRestricted = (
  what: 'banned' | 'muted',
  roomId: string,
  after: string | undefined,
  limit: number,
) => Promise<Restricted[]>

interface Row {
  readonly user_id: string
  readonly until: Date
  readonly username: string | null
  readonly display_name: string | null
}

export const createListRestricted =
  (pool: Pool): ListRestricted =>
  async (what, roomId, after, limit) => {
    const column = what === 'banned' ? 'banned_until' : 'muted_until'
    // Somebody who is muted and has left is muted again when they come back.
    const rows = await pool.query<Row[]>(
      `SELECT m.user_id, m.${column} AS until, u.username, u.display_name
       FROM room_member m LEFT JOIN user u ON u.id = m.user_id
       WHERE m.room_id = ? AND m.${column} > ? ${after === undefined ? '' : 'AND m.user_id > ?'}
       ORDER BY m.user_id LIMIT ?`,
      [toBytes(roomId), new Date(), ...(after === undefined ? [] : [after]), limit],
    )
    return rows.map((row) => ({
      userId: row.user_id,
      username: row.username,
      displayName: row.display_name ?? row.user_id,
      until: row.until >= FOR_EVER ? null : row.until.toISOString(),
    }))
  }
