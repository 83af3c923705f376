import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { countUnread, UNREAD_COLUMNS, type Unread, type UnreadRow } from './read-unread.ts'
import { readPrivacy } from '../users/user-pref-store.ts'

export interface RoomUnread {
  readonly roomId: string
  readonly head: number
  readonly readSeq: number
  readonly unread: number
  readonly mentions: number
}

export interface ReadStateStore {
  /** All rooms of the user, in a few queries. */
  readonly unreadOf: (userId: string) => Promise<RoomUnread[]>
  readonly memberCount: (roomId: string) => Promise<number>
  /** Members' cursors, of those who show them. Only for small rooms. */
  readonly cursors: (roomId: string) => Promise<{ userId: string; readSeq: number }[]>
  /** Members whose cursor is at `seq` or behind it, but for `exceptId`; counted up to `most`. */
  readonly countReaders: (
    roomId: string,
    seq: number,
    exceptId: string,
    most: number,
  ) => Promise<number>
}

export function createReadStateStore(pool: Pool): ReadStateStore {
  return {
    async unreadOf(userId) {
      const rows = await pool.query<UnreadRow[]>(
        `SELECT ${UNREAD_COLUMNS}
         FROM room_member m FORCE INDEX (room_member_user)
         STRAIGHT_JOIN room r ON r.id = m.room_id
         STRAIGHT_JOIN room_head h ON h.room_id = m.room_id
         WHERE m.user_id = ? AND m.left_seq IS NULL AND r.deleted_at IS NULL`,
        [userId],
      )
      const counts = await countUnread(pool, rows)
      return rows.map((row, index) => ({
        roomId: fromBytes(row.room_id),
        head: row.head,
        ...(counts[index] as Unread),
      }))
    },

    async memberCount(roomId) {
      const [row] = await pool.query<{ member_count: number }[]>(
        'SELECT member_count FROM room_head WHERE room_id = ?',
        [toBytes(roomId)],
      )
      return row?.member_count ?? 0
    },

    async cursors(roomId) {
      const rows = await pool.query<{ user_id: string; read_seq: number }[]>(
        `SELECT user_id, read_seq FROM room_member
         WHERE room_id = ? AND left_seq IS NULL ORDER BY user_id`,
        [toBytes(roomId)],
      )
      const privacy = await readPrivacy(
        pool,
        rows.map((row) => row.user_id),
      )
      return rows
        .filter((row) => privacy.get(row.user_id)?.readReceipts !== false)
        .map((row) => ({ userId: row.user_id, readSeq: row.read_seq }))
    },

    async countReaders(roomId, seq, exceptId, most) {
      const [row] = await pool.query<{ readers: number }[]>(
        `SELECT COUNT(*) AS readers FROM (
           SELECT 1 FROM room_member FORCE INDEX (room_member_read)
           WHERE room_id = ? AND left_seq IS NULL AND read_seq >= ? AND user_id <> ?
           LIMIT ?) some`,
        [toBytes(roomId), seq, exceptId, most],
      )
      return row?.readers ?? 0
    },
  }
}
