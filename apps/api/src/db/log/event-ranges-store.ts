import { hideErased, type EventRanges, type EventRangesRequest } from '@parley/message-schema'
import { eventFromRow, EVENT_COLUMNS, type EventRow } from '../../room-log/event-row.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { inSnapshot } from '../snapshot.ts'

/** Events after a position, room by room, with the head that they belong to. */
export async function readEventRanges(
  pool: Pool,
  { rooms }: EventRangesRequest,
): Promise<EventRanges> {
  const asked = Object.entries(rooms)
  const answers = await inSnapshot(pool, (connection) =>
    Promise.all(
      asked.map(async ([roomId, { after, limit }]) => {
        const id = toBytes(roomId)
        const [heads, rows] = await Promise.all([
          connection.query<{ head: number; member_version: number; erased_to: number }[]>(
            `SELECT h.head, h.member_version, r.erased_to
             FROM room_head h JOIN room r ON r.id = h.room_id WHERE h.room_id = ?`,
            [id],
          ),
          connection.query<EventRow[]>(
            `SELECT ${EVENT_COLUMNS} FROM room_event
             WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
            [id, after, limit],
          ),
        ])
        const {
          head = 0,
          member_version: memberVersion = 0,
          erased_to: erasedTo = 0,
        } = heads[0] ?? {}
        // Said to be gone, they are gone, also while a job still goes through the rows.
        const events = rows.map((row) => hideErased(eventFromRow(row), erasedTo))
        return [roomId, { head, memberVersion, events }] as const
      }),
    ),
  )
  return { rooms: Object.fromEntries(answers) }
}
