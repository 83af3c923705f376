import { hideErased, type Event } from '@parley/message-schema'
import { eventFromRow, EVENT_COLUMNS, type EventRow } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { readEventRanges } from './event-ranges-store.ts'
import { readEpoch } from './heads-store.ts'

export interface RoomPosition {
  readonly head: number
  readonly visibleFrom: number
}

export interface EventStore {
  /** Ascending, from `from` to `to`, both included, at most `limit`. */
  readonly read: (roomId: string, from: number, to: number, limit: number) => Promise<Event[]>
  /** For each room, its events after a position: as many as are asked for. */
  readonly readMany: (
    ranges: ReadonlyMap<string, { readonly after: number; readonly limit: number }>,
  ) => Promise<ReadonlyMap<string, readonly Event[]>>
  /** Heads of the rooms that the user is a member of now: of these, or of all. */
  readonly positions: (
    userId: string,
    roomIds: readonly string[] | undefined,
  ) => Promise<ReadonlyMap<string, RoomPosition>>
  readonly epoch: () => Promise<number>
}

export function createEventStore(pool: Pool): EventStore {
  return {
    async read(roomId, from, to, limit) {
      const id = toBytes(roomId)
      const rows = await pool.query<EventRow[]>(
        `SELECT ${EVENT_COLUMNS} FROM room_event
         WHERE room_id = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`,
        [id, from, to, limit],
      )
      const [room] = await pool.query<{ erased_to: number }[]>(
        'SELECT erased_to FROM room WHERE id = ?',
        [id],
      )
      return rows.map((row) => hideErased(eventFromRow(row), room?.erased_to ?? 0))
    },

    async readMany(ranges) {
      if (ranges.size === 0) return new Map()
      const { rooms } = await readEventRanges(pool, { rooms: Object.fromEntries(ranges) })
      return new Map(Object.entries(rooms).map(([roomId, { events }]) => [roomId, events]))
    },

    async positions(userId, roomIds) {
      if (roomIds?.length === 0) return new Map()
      const rows = await pool.query<{ room_id: Buffer; head: number; visible_from: number }[]>(
        `SELECT m.room_id, h.head, m.visible_from
         FROM room_member m STRAIGHT_JOIN room_head h ON h.room_id = m.room_id
         STRAIGHT_JOIN room r ON r.id = m.room_id
         WHERE m.user_id = ? AND m.left_seq IS NULL AND r.deleted_at IS NULL
           ${roomIds === undefined ? '' : `AND m.room_id IN (${roomIds.map(() => '?').join()})`}`,
        [userId, ...(roomIds ?? []).map(toBytes)],
      )
      return new Map(
        rows.map((row) => [
          fromBytes(row.room_id),
          { head: row.head, visibleFrom: row.visible_from },
        ]),
      )
    },

    epoch: () => readEpoch(pool),
  }
}
