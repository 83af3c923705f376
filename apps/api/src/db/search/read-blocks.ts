import type { RoomChunk, RoomHits, RoomPlace } from '../../search/scan-rooms.ts'
import { toBytes } from '../binary-id.ts'
import type { PoolConnection } from '../connect.ts'
import { groupBy } from './group-by.ts'
import { comparePlaces, readPlaces, type Place } from './place-list.ts'

type Connection = Pick<PoolConnection, 'query'>

/** Blocks of one list: of a word in a stream, newest first. */
interface BlockRow extends Place {
  readonly list: number
  readonly places: Buffer
  /** Whether all of `also` have a block of the same piece. */
  readonly [also: `also${number}`]: Buffer | null
}

interface Statement {
  readonly sql: string
  readonly values: unknown[]
}

const bytes = (token: string): Buffer => Buffer.from(token, 'utf8')
export const endOf = (prefix: string): Buffer => Buffer.concat([bytes(prefix), Buffer.from([0xff])])

const KEY = 'token, stream, at, seq'

/** Keys of the blocks to read. Where all are read, whatever their number, there is one list. */
function keysSql({ room, plan, before, blocks }: RoomChunk): Statement {
  const id = toBytes(room.roomId)
  // With no seq below it, nothing of that second is left: it is not read at all.
  const isWhole = before.seq === 0
  const place = isWhole ? 'at <= ?' : 'at <= ? AND NOT (at = ? AND seq >= ?)'
  const placed = isWhole ? [before.at - 1] : [before.at, before.at, before.seq]
  const { along, streams } = plan
  const from = (which: string): string =>
    `FROM search_block WHERE room_id = ? AND ${which} AND ${place}`
  if ('prefix' in along) {
    return {
      sql: `SELECT 0 AS list, ${KEY} ${from('token >= ? AND token < ?')}`,
      values: [id, bytes(along.prefix), endOf(along.prefix), ...placed],
    }
  }
  const lists = along.words.flatMap((word) =>
    Array.from({ length: streams }, (_, stream) => ({ word, stream })),
  )
  return {
    sql: lists
      .map(
        (_, list) => `(SELECT ${list} AS list, ${KEY} ${from('token = ? AND stream = ?')}
          ORDER BY at DESC, seq DESC LIMIT ?)`,
      )
      .join(' UNION ALL '),
    values: lists.flatMap(({ word, stream }) => [id, bytes(word), stream, ...placed, blocks]),
  }
}

/** Lists are joined to what they are held against by their pieces, and nothing is sent in vain. */
function blocksSql(chunk: RoomChunk): Statement {
  const id = toBytes(chunk.room.roomId)
  const { also } = chunk.plan
  const keys = keysSql(chunk)
  const others = also.map((_, i) => `o${i}.places`)
  const isThere = others.map((places) => `${places} IS NOT NULL`).join(' AND ')
  const joins = also.map(
    (_, i) => `LEFT JOIN search_block o${i} ON o${i}.room_id = ? AND o${i}.token = ?
      AND o${i}.stream = a.stream AND o${i}.at = a.at AND o${i}.seq = a.seq`,
  )
  return {
    sql: `SELECT a.list, a.at, a.seq, ${also.length === 0 ? 'w.places' : `IF(${isThere}, w.places, '') AS places`}
        ${others.map((places, i) => `, ${places} AS also${i}`).join('')}
      FROM (${keys.sql}) a
        STRAIGHT_JOIN search_block w ON w.room_id = ? AND w.token = a.token
          AND w.stream = a.stream AND w.at = a.at AND w.seq = a.seq
        ${joins.join(' ')}`,
    values: [...keys.values, id, ...also.flatMap((word) => [id, bytes(word)])],
  }
}

/** What of a block has all the words. */
function placesOf(row: BlockRow, also: readonly string[]): Place[] {
  const places = readPlaces(row.places, row)
  if (places.length === 0) return places
  const others = also.map(
    (_, i) => new Set(readPlaces(row[`also${i}`] ?? Buffer.alloc(0), row).map(({ seq }) => seq)),
  )
  return places.filter(({ seq }) => others.every((other) => other.has(seq)))
}

/** Down to where a list goes on; `null` if it does not, or not in the time that is asked for. */
function endOfList(rows: readonly BlockRow[], { blocks, fromAt }: RoomChunk): Place | null {
  const last = rows.toSorted(comparePlaces)[0]
  return last === undefined || rows.length < blocks || last.at < fromAt ? null : last
}

export async function readChunk(connection: Connection, chunk: RoomChunk): Promise<RoomHits> {
  const { before, fromAt, plan, room, limit } = chunk
  if (before.at < fromAt || (before.at === 0 && before.seq === 0)) {
    return { hits: [], read: 0, next: null }
  }
  const { sql, values } = blocksSql(chunk)
  const rows = await connection.query<BlockRow[]>(sql, values)
  let next: RoomPlace | null = null
  if ('words' in plan.along) {
    for (const list of groupBy(rows, (row) => row.list).values()) {
      const end = endOfList(list, chunk)
      if (end !== null && (next === null || comparePlaces(end, next) > 0)) {
        next = { at: end.at, seq: end.seq }
      }
    }
  }
  let read = 0
  const bySeq = new Map<number, Place>()
  for (const row of rows) {
    const places = placesOf(row, plan.also)
    read += places.length
    for (const place of places) {
      if (place.seq < room.visibleFrom || place.at < fromAt) continue
      if (comparePlaces(place, before) >= 0) continue
      if (next === null || comparePlaces(place, next) >= 0) bySeq.set(place.seq, place)
    }
  }
  const hits = [...bySeq.values()].toSorted((one, other) => comparePlaces(other, one))
  if (hits.length <= limit) return { hits, read, next }
  const shown = hits.slice(0, limit)
  return { hits: shown, read, next: shown.at(-1) ?? null }
}
