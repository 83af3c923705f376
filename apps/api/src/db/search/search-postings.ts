import type { IndexTerms } from '../../search/index-tokens.ts'
import { EVERY_MESSAGE } from '../../search/index-tokens.ts'
import type { SearchRoom } from '../../search/search-index.ts'
import type { Postings, RoomPlan, RoomStart } from '../../search/scan-rooms.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { derivedTable } from '../derived-table.ts'
import { groupBy } from './group-by.ts'
import { endOf, readChunk } from './read-blocks.ts'
import { unpackStreams } from './room-streams.ts'

type Connection = Pick<PoolConnection, 'query'>

const ROOMS_PER_STATEMENT = 500
/** A prefix that begins more words of a room says too little: it is held against the messages. */
const WORDS_PER_PREFIX = 32
/** So many are read and sorted, if that is all there are. */
const SORTED_BLOCKS = 400
/** Of one statement: to know the newest of so few, they are all looked at. */
const BEGUN_BLOCKS = 20_000
/** Enough to leave out rooms: the rest is asked for as they are read. */
const TERMS_TO_START = 4

const bytes = (token: string): Buffer => Buffer.from(token, 'utf8')

/** One connection, so that statements travel together and a search takes one of the pool only. */
async function onOne<Result>(
  pool: Pool,
  run: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await pool.getConnection()
  try {
    return await run(connection)
  } finally {
    await connection.release()
  }
}

/** How many streams of blocks there are; a room without is not in the index. */
async function streamsOf(
  connection: Connection,
  rooms: readonly SearchRoom[],
): Promise<Map<string, number>> {
  const rows = await connection.query<{ room_id: Buffer; streams: string }[]>(
    `SELECT room_id, streams FROM search_room
     WHERE room_id IN (${rooms.map(() => '?').join()}) AND streams <> '[]'`,
    rooms.map(({ roomId }) => toBytes(roomId)),
  )
  return new Map(rows.map((row) => [fromBytes(row.room_id), unpackStreams(row.streams).length]))
}

/** By room: at what time the newest of these words may be, the oldest of them. */
async function newestOf(
  connection: Connection,
  streams: ReadonlyMap<string, number>,
  words: readonly string[],
  toAt: number,
): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  const keys = [...streams].flatMap(([roomId, count]) =>
    Array.from({ length: count }, (_, stream) => [toBytes(roomId), stream]),
  )
  if (keys.length === 0) return found
  const newest = words.map(
    (_, i) => `(SELECT LEAST(t.newest_at, ?) FROM search_block t
      WHERE t.room_id = k.room_id AND t.token = ? AND t.stream = k.stream AND t.at <= ?
      ORDER BY t.at DESC, t.seq DESC LIMIT 1) AS newest${i}`,
  )
  const { table, values } = derivedTable(['room_id', 'stream'], keys)
  const rows = await connection.query<{ room_id: Buffer; [newest: `newest${number}`]: number }[]>(
    `SELECT k.room_id, ${newest.join()} FROM ${table} k`,
    [...words.flatMap((word) => [toAt, bytes(word), toAt]), ...values],
  )
  for (const [roomId, ofRoom] of groupBy(rows, (row) => fromBytes(row.room_id))) {
    const ats = words.map((_, i) => Math.max(...ofRoom.map((row) => row[`newest${i}`] ?? -1)))
    if (Math.min(...ats) >= 0) found.set(roomId, Math.min(...ats))
  }
  return found
}

/**
 * By room: where the newest word is that begins so. One range a room, which a subquery for each room
 * would not be. Where there are too many to look at them all, any message of the rest may have one.
 */
async function newestBegun(
  connection: Connection,
  rooms: readonly SearchRoom[],
  streams: ReadonlyMap<string, number>,
  prefix: string,
  toAt: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await connection.query<{ room_id: Buffer; n: number; newest_at: number | null }[]>(
    `SELECT room_id, COUNT(*) AS n, MAX(IF(at <= ?, LEAST(newest_at, ?), NULL)) AS newest_at
     FROM (SELECT room_id, at, newest_at FROM search_block FORCE INDEX (PRIMARY)
           WHERE room_id IN (${rooms.map(() => '?').join()}) AND token >= ? AND token < ?
           ORDER BY room_id LIMIT ${BEGUN_BLOCKS}) some_of_them
     GROUP BY room_id ORDER BY room_id`,
    [toAt, toAt, ...rooms.map(({ roomId }) => toBytes(roomId)), bytes(prefix), endOf(prefix)],
  )
  const found = new Map<string, number>()
  for (const row of rows) {
    if (row.newest_at !== null) found.set(fromBytes(row.room_id), row.newest_at)
  }
  const isAll = rows.reduce((sum, { n }) => sum + n, 0) < BEGUN_BLOCKS
  if (isAll) return found
  const last = rows.at(-1)
  const unread = last === undefined ? '' : fromBytes(last.room_id)
  const rest = new Map([...streams].filter(([roomId]) => roomId >= unread))
  for (const [roomId, at] of await newestOf(connection, rest, [EVERY_MESSAGE], toAt)) {
    found.set(roomId, at)
  }
  return found
}

/** Of each room the newest place at which all terms may be: the oldest of their newest ones. */
async function startsOf(
  connection: Connection,
  rooms: readonly SearchRoom[],
  { exact, prefixes }: IndexTerms,
  toAt: number,
): Promise<RoomStart[]> {
  const isAll = exact.length === 0 && prefixes.length === 0
  const streams = await streamsOf(connection, rooms)
  const there = rooms.filter(({ roomId }) => streams.has(roomId))
  if (there.length === 0) return []
  // The longest words are the rarest, more often than not.
  const words = (isAll ? [EVERY_MESSAGE] : exact)
    .toSorted((one, other) => other.length - one.length)
    .slice(0, TERMS_TO_START)
  const newest = await Promise.all([
    ...(words.length === 0 ? [] : [newestOf(connection, streams, words, toAt)]),
    ...prefixes
      .slice(0, TERMS_TO_START)
      .map((prefix) => newestBegun(connection, there, streams, prefix, toAt)),
  ])
  return there.flatMap((room) => {
    const newestAt = Math.min(...newest.map((found) => found.get(room.roomId) ?? -1))
    return newestAt < 0 ? [] : [{ room, newestAt }]
  })
}

/** The words of a room that begin so, one look-up each; `null` if they are too many. */
async function wordsOf(
  connection: Connection,
  roomId: string,
  prefix: string,
): Promise<string[] | null> {
  const words: string[] = []
  let after: Buffer = bytes(prefix)
  for (;;) {
    const [row] = await connection.query<{ token: Buffer }[]>(
      `SELECT token FROM search_block
       WHERE room_id = ? AND token ${words.length === 0 ? '>=' : '>'} ? AND token < ?
       ORDER BY token LIMIT 1`,
      [toBytes(roomId), after, endOf(prefix)],
    )
    if (row === undefined) return words
    if (words.length === WORDS_PER_PREFIX) return null
    words.push(row.token.toString('utf8'))
    after = row.token
  }
}

/** Of how many blocks, and how much they hold: a word of more blocks, or of fuller ones, is said more. */
interface Weight {
  readonly blocks: number
  readonly bytes: number
}

async function weightOf(
  connection: Connection,
  where: string,
  values: readonly unknown[],
): Promise<Weight> {
  const [row] = await connection.query<{ n: number; bytes: number | string | null }[]>(
    `SELECT COUNT(*) AS n, SUM(size) AS bytes FROM (
       SELECT LENGTH(places) AS size FROM search_block WHERE ${where} LIMIT ?) counted`,
    [...values, SORTED_BLOCKS + 1],
  )
  return { blocks: row?.n ?? 0, bytes: Number(row?.bytes ?? 0) }
}

/** The one word of a room that begins so; `null` if there is none, `undefined` if there are more. */
async function onlyWordOf(
  connection: Connection,
  roomId: string,
  prefix: string,
): Promise<string | null | undefined> {
  const wordAt = (order: 'ASC' | 'DESC'): Promise<{ token: Buffer }[]> =>
    connection.query(
      `SELECT token FROM search_block WHERE room_id = ? AND token >= ? AND token < ?
       ORDER BY token ${order} LIMIT 1`,
      [toBytes(roomId), bytes(prefix), endOf(prefix)],
    )
  const [[first], [last]] = await Promise.all([wordAt('ASC'), wordAt('DESC')])
  if (first === undefined || last === undefined) return null
  return first.token.equals(last.token) ? first.token.toString('utf8') : undefined
}

interface Way {
  readonly along: RoomPlan['along']
  readonly weight: Weight
}

/** `null` where too many words begin so: then it is held against the messages alone. */
async function wayOfPrefix(
  connection: Connection,
  roomId: string,
  prefix: string,
): Promise<Way | null> {
  const range = [toBytes(roomId), bytes(prefix), endOf(prefix)]
  const weight = await weightOf(connection, 'room_id = ? AND token >= ? AND token < ?', range)
  if (weight.blocks <= SORTED_BLOCKS) return { along: { prefix }, weight }
  const words = await wordsOf(connection, roomId, prefix)
  return words === null ? null : { along: { words }, weight }
}

/** Along what is rarest in this room, so that the least is read in vain. */
async function planOf(
  connection: Connection,
  { roomId }: SearchRoom,
  streams: number | undefined,
  { exact, prefixes }: IndexTerms,
): Promise<RoomPlan | null> {
  if (streams === undefined) return null
  const room = toBytes(roomId)
  const alongOne = (word: string): RoomPlan => ({ streams, along: { words: [word] }, also: [] })
  const [first] = exact
  if (first !== undefined && exact.length === 1 && prefixes.length === 0) return alongOne(first)
  const [typed] = prefixes
  if (exact.length === 0 && prefixes.length === 1 && typed !== undefined) {
    // A word that is typed to its end: there is nothing to weigh it against, so it is not counted.
    const word = await onlyWordOf(connection, roomId, typed)
    if (word !== undefined) return word === null ? null : alongOne(word)
  }
  const [words, begun] = await Promise.all([
    Promise.all(
      exact.map(async (word): Promise<Way> => {
        const where = 'room_id = ? AND token = ?'
        const weight = await weightOf(connection, where, [room, bytes(word)])
        return { along: { words: [word] }, weight }
      }),
    ),
    Promise.all(prefixes.map((prefix) => wayOfPrefix(connection, roomId, prefix))),
  ])
  const ways = [...words, ...begun.filter((way) => way !== null)]
  const rarest = ways.toSorted(
    ({ weight: one }, { weight: other }) => one.blocks - other.blocks || one.bytes - other.bytes,
  )[0]
  if (rarest === undefined) return alongOne(EVERY_MESSAGE)
  if (rarest.weight.blocks === 0) return null
  const { along } = rarest
  const isTaken = (word: string): boolean => 'words' in along && along.words.includes(word)
  return { streams, along, also: exact.filter((word) => !isTaken(word)) }
}

/** `search_block`, read from the new end of ranges of its key. */
export function createPostings(pool: Pool): Postings {
  return {
    async starts(rooms, terms, toAt) {
      return onOne(pool, async (connection) => {
        const starts: RoomStart[] = []
        for (let i = 0; i < rooms.length; i += ROOMS_PER_STATEMENT) {
          const some = rooms.slice(i, i + ROOMS_PER_STATEMENT)
          starts.push(...(await startsOf(connection, some, terms, toAt)))
        }
        return starts
      })
    },
    plan: (rooms, terms) =>
      onOne(pool, async (connection) => {
        const streams = await streamsOf(connection, rooms)
        return Promise.all(
          rooms.map((room) => planOf(connection, room, streams.get(room.roomId), terms)),
        )
      }),
    read: (chunks) =>
      onOne(pool, (connection) => Promise.all(chunks.map((chunk) => readChunk(connection, chunk)))),
  }
}
