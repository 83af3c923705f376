import type { IndexTerms } from '../../search/index-tokens.ts'
import { EVERY_MESSAGE } from '../../search/index-tokens.ts'
import type { SearchRoom } from '../../search/search-index.ts'
import type { Posting, Postings, RoomChunk, RoomPlan, RoomStart } from '../../search/scan-rooms.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'

type Connection = Pick<PoolConnection, 'query'>

const ROOMS_PER_STATEMENT = 500
/** A prefix that begins more words of a room says too little: it is held against the messages. */
const WORDS_PER_PREFIX = 32
/** So many are read and sorted, if that is all there are: no more than a page of a book. */
const SORTED_POSTINGS = 4_000
/** Of one statement: to know the newest of so few, they are all looked at. */
const BEGUN_POSTINGS = 20_000
/** Enough to leave out rooms: the rest is asked for as they are read. */
const TERMS_TO_START = 4

const bytes = (token: string): Buffer => Buffer.from(token, 'utf8')
const endOf = (prefix: string): Buffer => Buffer.concat([bytes(prefix), Buffer.from([0xff])])

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

/** By room: at what place the newest of these words is, the oldest of them. */
async function newestOf(
  connection: Connection,
  rooms: readonly SearchRoom[],
  words: readonly string[],
  toAt: number,
): Promise<Map<string, number>> {
  const newest = words.map(
    () => `(SELECT t.at FROM search_token t
      WHERE t.room_id = k.room_id AND t.token = ? AND t.at <= ? ORDER BY t.at DESC LIMIT 1)`,
  )
  const keys = rooms.map(() => 'SELECT ? AS room_id').join(' UNION ALL ')
  const rows = await connection.query<{ room_id: Buffer; newest_at: number | null }[]>(
    `SELECT k.room_id, ${newest.length === 1 ? newest[0] : `LEAST(${newest.join()})`} AS newest_at
     FROM (${keys}) k`,
    [
      ...words.flatMap((word) => [bytes(word), toAt]),
      ...rooms.map(({ roomId }) => toBytes(roomId)),
    ],
  )
  const found = new Map<string, number>()
  for (const row of rows) {
    if (row.newest_at !== null) found.set(fromBytes(row.room_id), row.newest_at)
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
  prefix: string,
  toAt: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await connection.query<{ room_id: Buffer; n: number; newest_at: number | null }[]>(
    `SELECT room_id, COUNT(*) AS n, MAX(IF(at <= ?, at, NULL)) AS newest_at
     FROM (SELECT room_id, at FROM search_token FORCE INDEX (PRIMARY)
           WHERE room_id IN (${rooms.map(() => '?').join()}) AND token >= ? AND token < ?
           ORDER BY room_id LIMIT ${BEGUN_POSTINGS}) some_of_them
     GROUP BY room_id ORDER BY room_id`,
    [toAt, ...rooms.map(({ roomId }) => toBytes(roomId)), bytes(prefix), endOf(prefix)],
  )
  const found = new Map<string, number>()
  for (const row of rows) {
    if (row.newest_at !== null) found.set(fromBytes(row.room_id), row.newest_at)
  }
  const isAll = rows.reduce((sum, { n }) => sum + n, 0) < BEGUN_POSTINGS
  if (isAll) return found
  const last = rows.at(-1)
  const unread = last === undefined ? '' : fromBytes(last.room_id)
  const rest = rooms.filter(({ roomId }) => roomId >= unread)
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
  // The longest words are the rarest, more often than not.
  const words = (isAll ? [EVERY_MESSAGE] : exact)
    .toSorted((one, other) => other.length - one.length)
    .slice(0, TERMS_TO_START)
  const newest = await Promise.all([
    ...(words.length === 0 ? [] : [newestOf(connection, rooms, words, toAt)]),
    ...prefixes
      .slice(0, TERMS_TO_START)
      .map((prefix) => newestBegun(connection, rooms, prefix, toAt)),
  ])
  return rooms.flatMap((room) => {
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
      `SELECT token FROM search_token
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

async function countOf(
  connection: Connection,
  where: string,
  values: readonly unknown[],
  limit: number,
): Promise<number> {
  const [row] = await connection.query<{ n: number }[]>(
    `SELECT COUNT(*) AS n FROM (SELECT 1 FROM search_token WHERE ${where} LIMIT ?) counted`,
    [...values, limit],
  )
  return row?.n ?? 0
}

interface Way {
  readonly along: RoomPlan['along']
  readonly count: number
}

/** `null` where too many words begin so: then it is held against the messages alone. */
async function wayOfPrefix(
  connection: Connection,
  roomId: string,
  prefix: string,
): Promise<Way | null> {
  const range = [toBytes(roomId), bytes(prefix), endOf(prefix)]
  const where = 'room_id = ? AND token >= ? AND token < ?'
  const count = await countOf(connection, where, range, SORTED_POSTINGS + 1)
  if (count <= SORTED_POSTINGS) return { along: { prefix }, count }
  const words = await wordsOf(connection, roomId, prefix)
  return words === null ? null : { along: { words }, count }
}

/** Along what is rarest in this room, so that the least is read in vain. */
async function planOf(
  connection: Connection,
  { roomId }: SearchRoom,
  { exact, prefixes }: IndexTerms,
): Promise<RoomPlan | null> {
  const room = toBytes(roomId)
  if (exact.length === 1 && prefixes.length === 0) return { along: { words: exact }, also: [] }
  const [words, begun] = await Promise.all([
    Promise.all(
      exact.map(async (word): Promise<Way> => {
        const where = 'room_id = ? AND token = ?'
        const count = await countOf(connection, where, [room, bytes(word)], SORTED_POSTINGS + 1)
        return { along: { words: [word] }, count }
      }),
    ),
    Promise.all(prefixes.map((prefix) => wayOfPrefix(connection, roomId, prefix))),
  ])
  const ways = [...words, ...begun.filter((way) => way !== null)]
  const rarest = ways.toSorted((one, other) => one.count - other.count)[0]
  if (rarest === undefined) return { along: { words: [EVERY_MESSAGE] }, also: [] }
  if (rarest.count === 0) return null
  const { along } = rarest
  const isTaken = (word: string): boolean => 'words' in along && along.words.includes(word)
  return { along, also: exact.filter((word) => !isTaken(word)) }
}

function scanSql({ room, plan, before, fromAt, limit }: RoomChunk): {
  readonly sql: string
  readonly values: unknown[]
} {
  const id = toBytes(room.roomId)
  // With no seq below it, nothing of that second is left: it is not read at all.
  const isWhole = before.seq === 0
  const place = isWhole ? 'at <= ?' : 'at <= ? AND NOT (at = ? AND seq >= ?)'
  const placed = isWhole ? [before.at - 1] : [before.at, before.at, before.seq]
  const { along } = plan
  const newest = 'ORDER BY at DESC, seq DESC LIMIT ?'
  const from = (which: string): string =>
    `FROM search_token WHERE room_id = ? AND ${which} AND ${place} AND at >= ?`
  const one = `(SELECT at, seq ${from('token = ?')} ${newest})`
  const [source, sourceValues] =
    'prefix' in along
      ? [
          `(SELECT DISTINCT at, seq ${from('token >= ? AND token < ?')} ${newest})`,
          [id, bytes(along.prefix), endOf(along.prefix), ...placed, fromAt, limit],
        ]
      : along.words.length === 1
        ? [one, [id, bytes(along.words[0] ?? ''), ...placed, fromAt, limit]]
        : [
            `(SELECT DISTINCT at, seq FROM (${along.words.map(() => one).join(' UNION ALL ')}) u
              ${newest})`,
            [...along.words.flatMap((word) => [id, bytes(word), ...placed, fromAt, limit]), limit],
          ]
  const also = plan.also.map(
    () => `EXISTS (SELECT 1 FROM search_token o
      WHERE o.room_id = ? AND o.token = ? AND o.at = a.at AND o.seq = a.seq)`,
  )
  return {
    sql: `SELECT a.at, a.seq, ${also.length === 0 ? '1' : also.join(' AND ')} AS hit
      FROM ${source} a`,
    values: [...plan.also.flatMap((word) => [id, bytes(word)]), ...sourceValues],
  }
}

async function readChunk(connection: Connection, chunk: RoomChunk): Promise<Posting[]> {
  if (chunk.before.at < chunk.fromAt || chunk.before.at === 0) return []
  const { sql, values } = scanSql(chunk)
  const rows = await connection.query<{ at: number; seq: number; hit: number }[]>(sql, values)
  return rows
    .map(({ at, seq, hit }) => ({ at, seq, isHit: hit === 1 }))
    .toSorted((one, other) => other.at - one.at || other.seq - one.seq)
}

/** `search_token`, read from the new end of ranges of its key. */
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
      onOne(pool, (connection) =>
        Promise.all(rooms.map((room) => planOf(connection, room, terms))),
      ),
    read: (chunks) =>
      onOne(pool, (connection) => Promise.all(chunks.map((chunk) => readChunk(connection, chunk)))),
  }
}
