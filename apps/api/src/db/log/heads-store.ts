import type { ReconcileRequest, ReconcileResult } from '@parley/message-schema'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

interface HeadRow {
  readonly room_id: Buffer
  readonly head: number
  readonly member_version: number
}

const marks = (list: readonly unknown[]): string => list.map(() => '?').join()
/** A statement names at most so many rooms. */
const AT_ONCE = 1_000

export async function readHeads(
  pool: Pool,
  roomIds: readonly string[],
): Promise<Map<string, { head: number; memberVersion: number }>> {
  const heads = new Map<string, { head: number; memberVersion: number }>()
  for (let from = 0; from < roomIds.length; from += AT_ONCE) {
    const ids = roomIds.slice(from, from + AT_ONCE).map(toBytes)
    const rows = await pool.query<HeadRow[]>(
      `SELECT room_id, head, member_version FROM room_head WHERE room_id IN (${marks(ids)})`,
      ids,
    )
    for (const row of rows) {
      heads.set(fromBytes(row.room_id), { head: row.head, memberVersion: row.member_version })
    }
  }
  return heads
}

export async function readEpoch(pool: Pick<Pool, 'query'>): Promise<number> {
  const rows = await pool.query<{ epoch: number }[]>('SELECT epoch FROM log_epoch WHERE id = 1')
  return rows[0]?.epoch ?? 0
}

/** What of the gateway's knowledge is out of date. A few primary-key look-ups, whatever its size. */
export async function reconcile(pool: Pool, known: ReconcileRequest): Promise<ReconcileResult> {
  const userIds = Object.keys(known.users)
  const [heads, epoch, users] = await Promise.all([
    readHeads(pool, Object.keys(known.rooms)),
    readEpoch(pool),
    userIds.length === 0
      ? []
      : pool.query<{ user_id: string; version: number }[]>(
          `SELECT user_id, version FROM user_head WHERE user_id IN (${marks(userIds)})`,
          userIds,
        ),
  ])
  return {
    rooms: Object.fromEntries(
      [...heads].filter(([roomId, { head }]) => known.rooms[roomId] !== head),
    ),
    users: users
      .filter(({ user_id, version }) => known.users[user_id] !== version)
      .map(({ user_id }) => user_id),
    epoch,
  }
}
