import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

/** `null` for a room of more than `most` members. */
export async function readMemberIds(
  pool: Pool,
  roomId: string,
  most: number,
): Promise<string[] | null> {
  const rows = await pool.query<{ user_id: string }[]>(
    'SELECT user_id FROM room_member WHERE room_id = ? AND left_seq IS NULL LIMIT ?',
    [toBytes(roomId), most + 1],
  )
  return rows.length > most ? null : rows.map((row) => row.user_id)
}
