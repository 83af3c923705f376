import { toBytes } from '../db/binary-id.ts'
import type { Pool } from '../db/connect.ts'
import { EVENT_TYPE_NUMBERS } from '../room-log/event-row.ts'

const ROWS_AT_ONCE = 2_000

/**
 * Writes many events behind the head of a room that is there, past the log: a hundred thousand in a
 * few seconds. `member` events are of nobody in particular.
 */
export async function fillLog(
  pool: Pool,
  roomId: string,
  senderId: string,
  runs: readonly (readonly ['message' | 'member', number])[],
): Promise<void> {
  const room = toBytes(roomId)
  const [place] = await pool.query<{ head: number; last_msg_no: number }[]>(
    'SELECT head, last_msg_no FROM room_head WHERE room_id = ?',
    [room],
  )
  let seq = place?.head ?? 0
  let msgNo = place?.last_msg_no ?? 0
  for (const [what, count] of runs) {
    for (let written = 0; written < count;) {
      const rows: unknown[][] = []
      for (; written < count && rows.length < ROWS_AT_ONCE; written += 1) {
        seq += 1
        const ts = new Date(1_700_000_000_000 + seq * 10)
        if (what === 'message') {
          msgNo += 1
          const data = JSON.stringify({ type: 'text', text: `message number ${msgNo}` })
          rows.push([room, seq, EVENT_TYPE_NUMBERS['message:created'], senderId, msgNo, ts, data])
        } else {
          const data = JSON.stringify({ userId: `u${seq}`, role: 'member' })
          rows.push([room, seq, EVENT_TYPE_NUMBERS['member:joined'], senderId, null, ts, data])
        }
      }
      await pool.query(
        `INSERT INTO room_event (room_id, seq, type, actor_kind, actor_id, msg_no, ts, data)
         VALUES ${rows.map(() => '(?,?,?,1,?,?,?,?)').join()}`,
        rows.flat(),
      )
    }
  }
  await pool.query('UPDATE room_head SET head = ?, last_msg_no = ? WHERE room_id = ?', [
    seq,
    msgNo,
    room,
  ])
}
