import { hideErased, type EventRanges, type EventRangesRequest } from '@parley/message-schema'
import { eventFromRow, EVENT_COLUMNS, type EventRow } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { inSnapshot } from '../snapshot.ts'

interface HeadRow {
  readonly room_id: Buffer
  readonly head: number
  readonly member_version: number
  readonly erased_to: number
}
interface RangeRow extends EventRow {
  readonly room_id: Buffer
}

const HEADS_AT_ONCE = 1_000
/** A statement reads so many ranges: one each costs more than what it reads. */
const RANGES_AT_ONCE = 50
const RANGE = `(SELECT room_id, ${EVENT_COLUMNS} FROM room_event
  WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?)`

function inPieces<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, n) => items.slice(n * size, (n + 1) * size))
}

async function readHeads(
  connection: PoolConnection,
  roomIds: readonly string[],
): Promise<Map<string, HeadRow>> {
  const pieces = inPieces(roomIds, HEADS_AT_ONCE).map((some) =>
    connection.query<HeadRow[]>(
      `SELECT h.room_id, h.head, h.member_version, r.erased_to
       FROM room_head h JOIN room r ON r.id = h.room_id
       WHERE h.room_id IN (${some.map(() => '?').join()})`,
      some.map(toBytes),
    ),
  )
  const rows = (await Promise.all(pieces)).flat()
  return new Map(rows.map((row) => [fromBytes(row.room_id), row]))
}

async function readRows(
  connection: PoolConnection,
  asked: readonly (readonly [string, { readonly after: number; readonly limit: number }])[],
): Promise<Map<string, RangeRow[]>> {
  const pieces = inPieces(asked, RANGES_AT_ONCE).map((some) =>
    connection.query<RangeRow[]>(
      some.map(() => RANGE).join(' UNION ALL '),
      some.flatMap(([roomId, { after, limit }]) => [toBytes(roomId), after, limit]),
    ),
  )
  const byRoom = new Map<string, RangeRow[]>(asked.map(([roomId]) => [roomId, []]))
  for (const rows of await Promise.all(pieces)) {
    for (const row of rows) byRoom.get(fromBytes(row.room_id))?.push(row)
  }
  return byRoom
}

/** Events after a position, room by room, with the head that they belong to. */
export async function readEventRanges(
  pool: Pool,
  { rooms }: EventRangesRequest,
): Promise<EventRanges> {
  const asked = Object.entries(rooms)
  const [heads, rows] = await inSnapshot(pool, (connection) =>
    Promise.all([readHeads(connection, Object.keys(rooms)), readRows(connection, asked)]),
  )
  const answers = asked.map(([roomId]) => {
    const found = heads.get(roomId)
    const erasedTo = found?.erased_to ?? 0
    // A union does not promise an order. Said to be gone, they are gone, also while a job still goes through the rows.
    const events = (rows.get(roomId) ?? [])
      .toSorted((one, other) => one.seq - other.seq)
      .map((row) => hideErased(eventFromRow(row), erasedTo))
    const head = { head: found?.head ?? 0, memberVersion: found?.member_version ?? 0 }
    return [roomId, { ...head, events }] as const
  })
  return { rooms: Object.fromEntries(answers) }
}
