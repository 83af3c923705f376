import { expect, test } from 'vitest'
import { comparePositions, scanRooms, type Postings, type RoomPlace } from './scan-rooms.ts'
import type { SearchPosition } from './search-index.ts'

/** A small generator with a seed: the same run every time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

interface Posting extends RoomPlace {
  readonly isHit: boolean
}

const PLACES_PER_BLOCK = 8

/** Postings in memory: what the database would answer, and how many places that were. */
function inMemory(rooms: ReadonlyMap<string, readonly Posting[]>) {
  const counted = { rows: 0, calls: 0 }
  const postings: Postings = {
    starts: async (asked, _terms, toAt) => {
      counted.calls += 1
      return asked.flatMap((room) => {
        const newest = (rooms.get(room.roomId) ?? []).filter(({ at }) => at <= toAt)
        return newest.length === 0
          ? []
          : [{ room, newestAt: Math.max(...newest.map(({ at }) => at)) }]
      })
    },
    plan: async (asked) => asked.map(() => ({ streams: 1, along: { words: ['w'] }, also: [] })),
    read: async (chunks) => {
      counted.calls += 1
      return chunks.map(({ room, before, fromAt, blocks, limit }) => {
        const isOlder = ({ at, seq }: Posting) =>
          at < before.at || (at === before.at && seq < before.seq)
        const all = (rooms.get(room.roomId) ?? [])
          .filter((one) => isOlder(one) && one.at >= fromAt)
          .toSorted((one, other) => other.at - one.at || other.seq - one.seq)
        const found = all.slice(0, blocks * PLACES_PER_BLOCK)
        counted.rows += found.length
        const hits = found.filter(({ isHit }) => isHit)
        const shown = hits.slice(0, limit)
        const isAll = found.length === all.length && shown.length === hits.length
        const last = shown.length < hits.length ? shown.at(-1) : found.at(-1)
        return { hits: shown, read: found.length, next: isAll ? null : (last ?? null) }
      })
    },
  }
  return { postings, counted }
}

const TERMS = { exact: ['w'], prefixes: [] }

test.each([1, 2, 3, 4, 5])(
  'pages of many rooms are all there is, in order: seed %i',
  async (seed) => {
    const random = createRandom(seed)
    const rooms = new Map<string, Posting[]>()
    for (let n = 0; n < 40; n += 1) {
      const posts = Array.from({ length: random(120) }, (_, i) => ({
        seq: i + 1,
        at: 1_000 + random(200),
        isHit: random(3) > 0,
      }))
      rooms.set(`room ${String(n).padStart(2, '0')}`, posts)
    }
    const visible = [...rooms.keys()].map((roomId) => ({ roomId, visibleFrom: random(20) }))
    const [fromAt, toAt] = [1_000 + random(50), 1_100 + random(100)]
    const expected = visible
      .flatMap(({ roomId, visibleFrom }) =>
        (rooms.get(roomId) ?? [])
          .filter(({ isHit, at, seq }) => isHit && seq >= visibleFrom && at >= fromAt && at <= toAt)
          .map(({ at, seq }): SearchPosition => ({ at, roomId, seq })),
      )
      .toSorted((one, other) => comparePositions(other, one))

    // Some of them are found by other means too, and some only so.
    const fresh = expected.filter(() => random(4) === 0)
    const isOnlyFresh = new Set(fresh.filter(() => random(2) === 0))
    const isIn = (roomId: string, { seq }: RoomPlace): boolean =>
      [...isOnlyFresh].every((one) => one.roomId !== roomId || one.seq !== seq)
    const { postings } = inMemory(
      new Map(Array.from(rooms, ([id, posts]) => [id, posts.filter((one) => isIn(id, one))])),
    )
    const all: SearchPosition[] = []
    for (let after: SearchPosition | undefined; ;) {
      const query = { q: '', rooms: visible, after, fromAt, toAt, fresh, limit: 1 + random(30) }
      const { hits, end } = await scanRooms(postings, TERMS, query)
      all.push(...hits)
      if (end === null) break
      after = end
    }
    expect(all).toEqual(expected)
  },
)

test('of a thousand rooms only those are read that may hold the newest', async () => {
  const rooms = new Map<string, Posting[]>()
  for (let n = 0; n < 1_000; n += 1) {
    const posts = Array.from({ length: 500 }, (_, i) => ({
      seq: i + 1,
      at: n * 10 + i,
      isHit: true,
    }))
    rooms.set(`room ${n}`, posts)
  }
  const { postings, counted } = inMemory(rooms)
  const visible = [...rooms.keys()].map((roomId) => ({ roomId, visibleFrom: 1 }))
  const { hits } = await scanRooms(postings, TERMS, { q: '', rooms: visible, limit: 20 })
  expect(hits).toHaveLength(20)
  expect(hits[0]).toEqual({ at: 9_990 + 499, roomId: 'room 999', seq: 500 })
  expect(counted.rows).toBeLessThan(3_000)
  expect(counted.calls).toBeLessThan(6)
})

test('rooms that all spoke in the same second are read as far as a page needs', async () => {
  const rooms = new Map<string, Posting[]>()
  for (let n = 0; n < 1_000; n += 1) {
    const posts = Array.from({ length: 5 }, (_, i) => ({ seq: i + 1, at: 100 + i, isHit: true }))
    rooms.set(`room ${String(n).padStart(3, '0')}`, posts)
  }
  const { postings, counted } = inMemory(rooms)
  const visible = [...rooms.keys()].map((roomId) => ({ roomId, visibleFrom: 1 }))
  const first = await scanRooms(postings, TERMS, { q: '', rooms: visible, limit: 20 })
  const after = first.end ?? undefined
  const second = await scanRooms(postings, TERMS, { q: '', rooms: visible, limit: 20, after })
  const newest = Array.from({ length: 40 }, (_, i) => ({
    at: 104,
    roomId: `room ${999 - i}`,
    seq: 5,
  }))
  expect([...first.hits, ...second.hits]).toEqual(newest)
  expect(counted.rows).toBeLessThan(1_000)
})

test('of few rooms it is not asked where their newest are', async () => {
  const { postings, counted } = inMemory(new Map([['room', [{ seq: 1, at: 0, isHit: true }]]]))
  const rooms = [{ roomId: 'room', visibleFrom: 1 }]
  const { hits } = await scanRooms(postings, TERMS, { q: '', rooms, limit: 20 })
  expect(hits).toEqual([{ at: 0, roomId: 'room', seq: 1 }])
  expect(counted.calls).toBe(1)
})

test('where almost nothing fits, an answer is short and says where to go on', async () => {
  const posts = Array.from({ length: 60_000 }, (_, i) => ({
    seq: i + 1,
    at: i + 1,
    isHit: i === 0,
  }))
  const { postings, counted } = inMemory(new Map([['room', posts]]))
  const rooms = [{ roomId: 'room', visibleFrom: 1 }]
  const first = await scanRooms(postings, TERMS, { q: '', rooms, limit: 20 })
  expect(first.hits).toEqual([])
  expect(first.end).not.toBeNull()
  expect(counted.rows).toBeLessThan(25_000)
  let end = first.end
  const found: SearchPosition[] = []
  while (end !== null) {
    const next = await scanRooms(postings, TERMS, { q: '', rooms, limit: 20, after: end })
    found.push(...next.hits)
    end = next.end
  }
  expect(found).toEqual([{ at: 1, roomId: 'room', seq: 1 }])
})
