import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

export interface ChannelRow {
  readonly name: string
  readonly roomId: string
  readonly members: number
}

export interface ChannelStore {
  readonly add: (appId: string, name: string, roomId: string) => Promise<void>
  readonly find: (appId: string, name: string) => Promise<ChannelRow | null>
  /** Those with members, by name. */
  readonly list: (appId: string, prefix: string, most: number) => Promise<ChannelRow[]>
  /** Who is in these rooms: `null` if they are more than `most`. */
  readonly members: (
    roomIds: readonly string[],
    most: number,
  ) => Promise<readonly { readonly roomId: string; readonly userId: string }[] | null>
}

interface Row {
  readonly name: string
  readonly room_id: Buffer
  readonly member_count: number
}

const toChannel = (row: Row): ChannelRow => ({
  name: row.name,
  roomId: fromBytes(row.room_id),
  members: row.member_count,
})

const FROM = `SELECT c.name, c.room_id, h.member_count FROM pusher_channel c
  STRAIGHT_JOIN room_head h ON h.room_id = c.room_id`
/** Above every character that a name has. */
const LAST = '~'

export function createChannelStore(pool: Pool): ChannelStore {
  return {
    async add(appId, name, roomId) {
      await pool.query(
        'INSERT IGNORE INTO pusher_channel (app_id, name, room_id) VALUES (?, ?, ?)',
        [appId, name, toBytes(roomId)],
      )
    },

    async find(appId, name) {
      const rows = await pool.query<Row[]>(`${FROM} WHERE c.app_id = ? AND c.name = ?`, [
        appId,
        name,
      ])
      return rows[0] === undefined ? null : toChannel(rows[0])
    },

    async list(appId, prefix, most) {
      const rows = await pool.query<Row[]>(
        `${FROM} WHERE c.app_id = ? AND c.name BETWEEN ? AND ? AND h.member_count > 0
         ORDER BY c.name LIMIT ?`,
        [appId, prefix, prefix + LAST, most],
      )
      return rows.map(toChannel)
    },

    async members(roomIds, most) {
      if (roomIds.length === 0) return []
      const rows = await pool.query<{ room_id: Buffer; user_id: string }[]>(
        `SELECT room_id, user_id FROM room_member
         WHERE room_id IN (${roomIds.map(() => '?').join()}) AND left_seq IS NULL LIMIT ?`,
        [...roomIds.map(toBytes), most + 1],
      )
      if (rows.length > most) return null
      return rows.map((row) => ({ roomId: fromBytes(row.room_id), userId: row.user_id }))
    },
  }
}
