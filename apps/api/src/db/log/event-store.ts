import { hideErased, type Event } from '@parley/message-schema'
import { eventFromRow, EVENT_ENVELOPE, type EventRow } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { readEventRows, readWholeRanges } from './event-ranges-store.ts'
import { readEpoch } from './heads-store.ts'
import { completed, fitting, inlineBytes, sized, type Sized } from './sized-rows.ts'

export interface RoomPosition {
  readonly head: number
  readonly visibleFrom: number
}

export interface EventStore {
  /**
   * Ascending, from `from` to `to`, both included, at most `limit`, and fewer where they are long: one at
   * least. Only an empty answer says that there is no more.
   */
  readonly read: (roomId: string, from: number, to: number, limit: number) => Promise<Event[]>
  /**
   * For each room all that is asked for after a position, or nothing. `tooLarge` are the rooms of which
   * that would not fit into any answer; others that are missing fit into the next one.
   */
  readonly readMany: (
    ranges: ReadonlyMap<string, { readonly after: number; readonly limit: number }>,
  ) => Promise<{
    readonly events: ReadonlyMap<string, readonly Event[]>
    readonly tooLarge: ReadonlySet<string>
  }>
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
      const count = Math.min(limit, to - from + 1)
      const found = await pool.query<Sized<EventRow>[]>(
        `SELECT ${EVENT_ENVELOPE}, ${sized('data')} FROM room_event
         WHERE room_id = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`,
        [inlineBytes(count), id, from, to, limit],
      )
      const rows = await completed<EventRow>(fitting(found), (seqs) =>
        readEventRows(pool, roomId, seqs),
      )
      const [room] = await pool.query<{ erased_to: number }[]>(
        'SELECT erased_to FROM room WHERE id = ?',
        [id],
      )
      return rows.map((row) => hideErased(eventFromRow(row), room?.erased_to ?? 0))
    },

    async readMany(ranges) {
      if (ranges.size === 0) return { events: new Map(), tooLarge: new Set() }
      const read = await readWholeRanges(pool, { rooms: Object.fromEntries(ranges) })
      const events = new Map(Object.entries(read.ranges).map(([id, range]) => [id, range.events]))
      return { events, tooLarge: read.tooLarge }
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
