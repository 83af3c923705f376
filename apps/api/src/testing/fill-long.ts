import { toBytes } from '../db/binary-id.ts'
import type { Pool } from '../db/connect.ts'

/** What one message of `fillLong` takes: 20,000 emoji, the longest text there is. */
export const LONG_BYTES = 80_000

/** Writes the longest messages there are behind the head of a room that is there, past the log. Answers the head. */
export async function fillLong(
  pool: Pool,
  roomId: string,
  senderId: string,
  count: number,
): Promise<number> {
  const room = toBytes(roomId)
  const [place] = await pool.query<{ head: number; last_msg_no: number }[]>(
    'SELECT head, last_msg_no FROM room_head WHERE room_id = ?',
    [room],
  )
  const [head, msgNo] = [place?.head ?? 0, place?.last_msg_no ?? 0]
  const rows = Array.from({ length: count }, (_, n) => [
    room,
    head + n + 1,
    senderId,
    msgNo + n + 1,
    new Date(1_700_000_000_000 + n),
  ])
  await pool.query(
    `INSERT INTO room_event (room_id, seq, type, actor_kind, actor_id, msg_no, ts, data)
     VALUES ${rows
       .map(() => `(?,?,1,1,?,?,?,CONCAT('{"type":"text","text":"',REPEAT('😀',20000),'"}'))`)
       .join()}`,
    rows.flat(),
  )
  await pool.query('UPDATE room_head SET head = ?, last_msg_no = ? WHERE room_id = ?', [
    head + count,
    msgNo + count,
    room,
  ])
  return head + count
}
