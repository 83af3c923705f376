import type { EventRanges, EventRangesRequest } from '@parley/message-schema'
import { eventFromRow, EVENT_COLUMNS, type EventRow } from '../room-log/event-row.ts'
import { toBytes } from './binary-id.ts'
import type { Pool } from './connect.ts'
import { inSnapshot } from './snapshot.ts'

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
          connection.query<{ head: number; member_version: number }[]>(
            'SELECT head, member_version FROM room_head WHERE room_id = ?',
            [id],
          ),
          connection.query<EventRow[]>(
            `SELECT ${EVENT_COLUMNS} FROM room_event
             WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
            [id, after, limit],
          ),
        ])
        const { head = 0, member_version: memberVersion = 0 } = heads[0] ?? {}
        return [roomId, { head, memberVersion, events: rows.map(eventFromRow) }] as const
      }),
    ),
  )
  return { rooms: Object.fromEntries(answers) }
}
