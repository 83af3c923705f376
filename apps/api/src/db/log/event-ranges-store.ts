import {
  hideErased,
  LIMITS,
  type EventRanges,
  type EventRangesRequest,
} from '@parley/message-schema'
import {
  eventFromRow,
  EVENT_COLUMNS,
  EVENT_ENVELOPE,
  type EventRow,
} from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { inSnapshot } from '../snapshot.ts'
import { completed, fitting, inlineBytes, sized, sumOfBytes, type Sized } from './sized-rows.ts'

interface HeadRow {
  readonly room_id: Buffer
  readonly head: number
  readonly member_version: number
  readonly erased_to: number
}
type SizedRow = Sized<EventRow>
type Ranges = readonly (readonly [string, { readonly after: number; readonly limit: number }])[]
type RowsOfRooms<Row> = ReadonlyMap<string, readonly Row[]>

/** Which of the rows that are there are answered; a room that is not in it is not answered. */
type Choose = (found: RowsOfRooms<SizedRow>) => RowsOfRooms<SizedRow>

const HEADS_AT_ONCE = 1_000
/** A statement reads so many ranges: one each costs more than what it reads. */
const RANGES_AT_ONCE = 50
/** Of all ranges together. Where more is asked for, each gives its share, and goes on later. */
const ROWS_AT_ONCE = 8_000
const RANGE = `(SELECT room_id, ${EVENT_ENVELOPE}, ${sized('data')} FROM room_event
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

/** As many rows as are asked for, or each range its share of what is read at once. */
function withinRows(asked: Ranges): { readonly ranges: Ranges; readonly rows: number } {
  const rows = asked.reduce((sum, [, { limit }]) => sum + limit, 0)
  if (rows <= ROWS_AT_ONCE) return { ranges: asked, rows }
  const share = Math.max(1, Math.floor(ROWS_AT_ONCE / asked.length))
  const ranges = asked.map(
    ([roomId, { after, limit }]) => [roomId, { after, limit: Math.min(limit, share) }] as const,
  )
  return { ranges, rows: share * asked.length }
}

async function readSized(
  connection: PoolConnection,
  asked: Ranges,
): Promise<Map<string, SizedRow[]>> {
  const { ranges, rows } = withinRows(asked)
  const inline = inlineBytes(rows)
  const pieces = inPieces(ranges, RANGES_AT_ONCE).map((some) =>
    connection.query<(SizedRow & { readonly room_id: Buffer })[]>(
      some.map(() => RANGE).join(' UNION ALL '),
      some.flatMap(([roomId, { after, limit }]) => [inline, toBytes(roomId), after, limit]),
    ),
  )
  const byRoom = new Map<string, SizedRow[]>(asked.map(([roomId]) => [roomId, []]))
  for (const found of await Promise.all(pieces)) {
    for (const row of found) byRoom.get(fromBytes(row.room_id))?.push(row)
  }
  // A union does not promise an order.
  for (const found of byRoom.values()) found.sort((one, other) => one.seq - other.seq)
  return byRoom
}

async function readRows(
  connection: PoolConnection,
  asked: Ranges,
  choose: Choose,
): Promise<RowsOfRooms<EventRow>> {
  const chosen = choose(await readSized(connection, asked))
  const whole = Array.from(chosen, async ([roomId, rows]) => {
    const all = await completed<EventRow>(rows, (seqs) => readEventRows(connection, roomId, seqs))
    return [roomId, all] as const
  })
  return new Map(await Promise.all(whole))
}

/** These events, whatever they weigh. */
export const readEventRows = (
  connection: Pick<Pool, 'query'>,
  roomId: string,
  seqs: readonly number[],
): Promise<EventRow[]> =>
  connection.query(
    `SELECT ${EVENT_COLUMNS} FROM room_event
     WHERE room_id = ? AND seq IN (${seqs.map(() => '?').join()}) ORDER BY seq`,
    [toBytes(roomId), ...seqs],
  )

/** Of each room a beginning, one event at least: its share of the answer, and what smaller ones leave. */
const beginnings: Choose = (found) => {
  let left: number = LIMITS.answerBytes
  if (sumOfBytes([...found.values()].flat()) <= left) return found
  let rooms = found.size
  const smallestFirst = [...found].toSorted(
    ([, one], [, other]) => sumOfBytes(one) - sumOfBytes(other),
  )
  return new Map(
    smallestFirst.map(([roomId, rows]) => {
      const some = fitting(rows, left / rooms)
      left -= sumOfBytes(some)
      rooms -= 1
      return [roomId, some]
    }),
  )
}

async function readRanges(
  pool: Pool,
  { rooms }: EventRangesRequest,
  choose: Choose,
): Promise<EventRanges> {
  const asked = Object.entries(rooms)
  const [heads, rows] = await inSnapshot(pool, (connection) =>
    Promise.all([readHeads(connection, Object.keys(rooms)), readRows(connection, asked, choose)]),
  )
  const answers = Array.from(rows, ([roomId, some]) => {
    const found = heads.get(roomId)
    const erasedTo = found?.erased_to ?? 0
    // Said to be gone, they are gone, also while a job still goes through the rows.
    const events = some.map((row) => hideErased(eventFromRow(row), erasedTo))
    const head = { head: found?.head ?? 0, memberVersion: found?.member_version ?? 0 }
    return [roomId, { ...head, events }] as const
  })
  return { rooms: Object.fromEntries(answers) }
}

/**
 * Events after a position, room by room, with the head that they belong to. They may end before `limit`
 * and before the head: where there is one after the position, one is answered at least.
 */
export const readEventRanges = (pool: Pool, request: EventRangesRequest): Promise<EventRanges> =>
  readRanges(pool, request, beginnings)

/** Ranges whole, as many as fit into one answer; those that fit into none are named. */
export async function readWholeRanges(
  pool: Pool,
  request: EventRangesRequest,
): Promise<{ readonly ranges: EventRanges['rooms']; readonly tooLarge: ReadonlySet<string> }> {
  const tooLarge = new Set<string>()
  const { rooms } = await readRanges(pool, request, (found) => {
    let left: number = LIMITS.answerBytes
    return new Map(
      [...found].filter(([roomId, rows]) => {
        const bytes = sumOfBytes(rows)
        if (bytes > LIMITS.answerBytes) tooLarge.add(roomId)
        if (bytes > left) return false
        left -= bytes
        return true
      }),
    )
  })
  return { ranges: rooms, tooLarge }
}
