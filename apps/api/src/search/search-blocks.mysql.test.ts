import { randomUUID } from 'node:crypto'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromBytes, toBytes } from '../db/binary-id.ts'
import { createLogPool, type Pool } from '../db/connect.ts'
import { insertBlocks, type BlockRow } from '../db/search/insert-blocks.ts'
import { createMysqlSearchIndex } from '../db/search/mysql-search-index.ts'
import { readPlaces } from '../db/search/place-list.ts'
import { docTokens, queryTerms } from './index-tokens.ts'
import { parseQuery } from './parse-query.ts'
import { comparePositions } from './scan-rooms.ts'
import type { IndexQuery, SearchDoc, SearchPosition } from './search-index.ts'

let database: FreshDatabase
let pool: Pool

beforeAll(async () => {
  database = await freshDatabase()
  pool = createLogPool(database.url, 6)
}, 60_000)
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

/** A small generator with a seed: the same run every time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const VOCABULARY = Array.from({ length: 60 }, (_, n) => `${'abcd'[n % 4]}${(n * n).toString(36)}x`)
const DAY = 86_400

/** What the index should hold, as a list. */
interface Known {
  readonly doc: SearchDoc
  readonly tokens: ReadonlySet<string>
}

function createModel(random: (below: number) => number) {
  const rooms: string[] = Array.from({ length: 20 }, () => randomUUID())
  const known = new Map<string, Known>()
  const heads = new Map(rooms.map((room) => [room, { seq: 0, at: 1_700_000_000 }]))
  const revisions = new Map<string, number>()
  const keyOf = (roomId: string, seq: number): string => `${roomId}/${seq}`
  const text = (): string =>
    Array.from(
      { length: 1 + random(6) },
      // Squared, so that some words are everywhere and some are rare.
      () => VOCABULARY[Math.floor((random(1_000) / 1_000) ** 2 * VOCABULARY.length)] ?? '',
    ).join(' ')
  const docOf = (roomId: string, seq: number, at: number, revision: number): SearchDoc => ({
    roomId,
    seq,
    revision,
    at,
    senderId: `user ${random(3)}`,
    hasFile: random(10) === 0,
    hasLink: false,
    fields: [text()],
  })
  return {
    rooms,
    known,
    /** Some hundreds at once, or a few: what is said, and now and then what was said long ago. */
    said(roomId: string, count: number): SearchDoc[] {
      const head = heads.get(roomId) ?? { seq: 0, at: 0 }
      const isImport = random(6) === 0
      let importAt = 1_700_000_000 - 30 * DAY + random(60 * DAY)
      return Array.from({ length: count }, () => {
        head.seq += 1 + (random(9) === 0 ? 1 : 0)
        head.at += random(3)
        importAt += random(4)
        const mixed = random(20) === 0 ? head.at - random(500) : head.at
        return docOf(roomId, head.seq, isImport ? importAt : mixed, head.seq)
      })
    },
    edited(roomId: string): SearchDoc | undefined {
      const seq = 1 + random(heads.get(roomId)?.seq ?? 1)
      const there = known.get(keyOf(roomId, seq))
      if (there === undefined) return undefined
      const at = random(5) === 0 ? there.doc.at + random(1_000) : there.doc.at
      return docOf(roomId, seq, at, (revisions.get(keyOf(roomId, seq)) ?? seq) + 1)
    },
    put(doc: SearchDoc): void {
      const key = keyOf(doc.roomId, doc.seq)
      if ((revisions.get(key) ?? -1) > doc.revision) return
      revisions.set(key, doc.revision)
      known.set(key, { doc, tokens: new Set(docTokens(doc)) })
    },
    remove(roomId: string, seq: number, revision: number): void {
      const key = keyOf(roomId, seq)
      if ((revisions.get(key) ?? -1) > revision) return
      revisions.set(key, revision)
      known.delete(key)
    },
    removeUpTo(roomId: string, toSeq: number): void {
      for (let seq = 1; seq <= toSeq; seq += 1) {
        known.delete(keyOf(roomId, seq))
        revisions.delete(keyOf(roomId, seq))
      }
    },
    headOf: (roomId: string): number => heads.get(roomId)?.seq ?? 0,
    find(query: Omit<IndexQuery, 'limit'>): SearchPosition[] {
      const { exact, prefixes } = queryTerms(parseQuery(query.q), query)
      const visible = new Map(query.rooms.map((room) => [room.roomId, room.visibleFrom]))
      return [...known.values()]
        .filter(
          ({ doc, tokens }) =>
            doc.seq >= (visible.get(doc.roomId) ?? Infinity) &&
            doc.at >= (query.fromAt ?? 0) &&
            doc.at <= (query.toAt ?? Infinity) &&
            exact.every((token) => tokens.has(token)) &&
            prefixes.every((prefix) => [...tokens].some((token) => token.startsWith(prefix))),
        )
        .map(({ doc: { at, roomId, seq } }) => ({ at, roomId, seq }))
        .toSorted((one, other) => comparePositions(other, one))
    },
  }
}

/** Every place of every word that the tables hold. */
async function everyPlace(rooms: readonly string[]): Promise<string[]> {
  const rows = await pool.query<
    { room_id: Buffer; token: Buffer; at: number; seq: number; newest_at: number; places: Buffer }[]
  >(
    `SELECT room_id, token, at, seq, newest_at, places FROM search_block
     WHERE room_id IN (${rooms.map(() => '?').join()})`,
    rooms.map(toBytes),
  )
  return rows
    .flatMap((row) => {
      const places = readPlaces(row.places, row)
      expect(Math.max(...places.map(({ at }) => at))).toBeLessThanOrEqual(row.newest_at)
      return places.map(
        ({ at, seq }) => `${fromBytes(row.room_id)} ${row.token.toString('utf8')} ${at} ${seq}`,
      )
    })
    .toSorted()
}

test.each([1, 2, 3, 4, 5])(
  'what is found, in what order and pages, is what a look at every message finds: seed %i',
  { timeout: 120_000 },
  async (seed) => {
    const random = createRandom(seed)
    const model = createModel(random)
    const { rooms } = model
    const index = createMysqlSearchIndex(pool)
    // Most is said in a few rooms.
    const anyRoom = (): string => rooms[Math.min(random(30), random(30)) % rooms.length] ?? ''

    for (let step = 0; step < 40; step += 1) {
      const roomId = anyRoom()
      const act = random(10)
      if (act < 6) {
        const docs = model.said(roomId, random(3) === 0 ? 130 + random(200) : 1 + random(12))
        for (const doc of docs) model.put(doc)
        // Pieces that overlap, from two workers, in whatever order.
        const cut = random(docs.length + 1)
        const [later, earlier] = [docs.slice(Math.max(0, cut - 3)), docs.slice(0, cut)]
        await Promise.all([index.index(later), index.index(earlier)])
      } else if (act < 8) {
        const edits = Array.from({ length: 6 }, () => model.edited(anyRoom()))
        const docs = edits.filter((doc) => doc !== undefined)
        const before = docs.flatMap((doc) => {
          const there = model.known.get(`${doc.roomId}/${doc.seq}`)
          return there === undefined ? [] : [there.doc]
        })
        for (const doc of docs) model.put(doc)
        await Promise.all([index.index(docs), index.index(before)])
      } else if (act === 8) {
        const head = model.headOf(roomId)
        const removed = Array.from({ length: 5 }, () => 1 + random(head + 2))
        for (const gone of removed) model.remove(roomId, gone, head + 10)
        await index.remove(removed.map((gone) => ({ roomId, seq: gone, revision: head + 10 })))
      } else if (random(3) === 0) {
        const toSeq = random(model.headOf(roomId) + 1)
        model.removeUpTo(roomId, toSeq)
        await index.removeUpTo(roomId, toSeq)
      }
    }

    expect(await everyPlace(rooms)).toEqual(
      [...model.known.values()]
        .flatMap(({ doc: { roomId, at, seq }, tokens }) =>
          Array.from(tokens, (token) => `${roomId} ${token} ${at} ${seq}`),
        )
        .toSorted(),
    )

    const word = (): string => VOCABULARY[random(VOCABULARY.length)] ?? ''
    for (let n = 0; n < 25; n += 1) {
      const isWide = random(3) === 0
      const asked = isWide ? rooms : rooms.filter(() => random(5) === 0)
      const query = {
        q: [`"${word()}"`, word(), word().slice(0, 1 + random(2)), `${word()} ${word()}`, ''][
          random(5)
        ] as string,
        ...(random(4) === 0 && { from: `user ${random(3)}` }),
        ...(random(6) === 0 && { has: ['file'] as const }),
        ...(random(4) === 0 && { fromAt: 1_700_000_000 - random(DAY) + random(DAY / 10) }),
        ...(random(4) === 0 && { toAt: 1_700_000_000 + random(DAY / 20) }),
        rooms: asked.map((roomId) => ({
          roomId,
          visibleFrom: random(4) === 0 ? random(100) : 1,
        })),
      }
      const expected = model.find(query)
      const isMeant = new Set(expected.map(({ roomId, seq }) => `${roomId}/${seq}`))
      const found: SearchPosition[] = []
      const limit = 5 + random(100)
      for (let after: SearchPosition | undefined; ;) {
        const { hits, end } = await index.search({ ...query, after, limit })
        found.push(...hits.filter(({ roomId, seq: at }) => isMeant.has(`${roomId}/${at}`)))
        if (end === null) break
        if (after !== undefined) expect(comparePositions(end, after)).toBeLessThan(0)
        after = end
      }
      expect(found, JSON.stringify({ ...query, rooms: query.rooms.length })).toEqual(expected)
    }
  },
)

test('what is indexed twice, or anew, is there once, and erasing leaves no word of it', async () => {
  const model = createModel(createRandom(99))
  const [roomId = ''] = model.rooms
  const index = createMysqlSearchIndex(pool)
  const docs = model.said(roomId, 700)
  await index.index(docs)
  const before = await everyPlace([roomId])
  await Promise.all([index.index(docs), index.index(docs.toReversed()), index.index(docs.slice(9))])
  expect(await everyPlace([roomId])).toEqual(before)
  const middle = docs[350]?.seq ?? 0
  await index.removeUpTo(roomId, middle)
  const left = await everyPlace([roomId])
  expect(left).toEqual(before.filter((line) => Number(line.split(' ').at(-1)) > middle))
  await index.removeUpTo(roomId, Number.MAX_SAFE_INTEGER)
  expect(await everyPlace([roomId])).toEqual([])
  const runs = await pool.query('SELECT 1 FROM search_run WHERE room_id = ?', [toBytes(roomId)])
  expect(runs).toEqual([])
})

test('rows are the same, be they handed over or written out, as MySQL is given them', async () => {
  const rooms = [randomUUID(), randomUUID()]
  const rowsOf = (roomId: string): BlockRow[] =>
    Array.from({ length: 20 }, (_, n) => [
      toBytes(roomId),
      Buffer.from(n === 3 ? "会'\\\u0001" : `word ${n}`),
      n % 5,
      1_700_000_000 + n,
      2 ** 40 + n,
      1_700_000_500,
      Buffer.from([n, 0, 255]),
    ])
  const connection = await pool.getConnection()
  const [here = '', there = ''] = rooms
  await insertBlocks(connection, rowsOf(here), '')
  const asText = {
    query: connection.query.bind(connection),
    batch: connection.batch.bind(connection),
    info: null,
  }
  await insertBlocks(asText, rowsOf(there), '')
  const read = (roomId: string) =>
    connection.query<unknown[]>(
      `SELECT token, stream, at, seq, newest_at, places FROM search_block WHERE room_id = ?
       ORDER BY seq`,
      [toBytes(roomId)],
    )
  expect(await read(here)).toHaveLength(20)
  expect(await read(there)).toEqual(await read(here))
  await connection.release()
})
