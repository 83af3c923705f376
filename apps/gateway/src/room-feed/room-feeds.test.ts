import type { Event } from '@parley/message-schema'
import { afterEach, expect, test, vi } from 'vitest'
import { RoomFeeds } from './room-feeds.ts'

const ids = ['a', 'b', 'c'].map((letter) => `01900000-0000-7000-8000-00000000000${letter}`)
const [one = '', other = '', third = ''] = ids
const said = (seq: number): Event => ({
  seq,
  type: 'message:created',
  ts: '2026-11-21T10:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  msgNo: seq,
  data: { type: 'text', text: `m${seq}` },
})
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

afterEach(() => {
  vi.useRealTimers()
})

function begin(windowMs = 0) {
  const did: string[] = []
  const local = new Set<string>()
  const name = (roomId: string): string => roomId.slice(-1)
  const feeds = new RoomFeeds({
    deliver: (roomId, events) => did.push(`${name(roomId)} ${events.map(({ seq }) => seq).join()}`),
    fetchAfter: () => Promise.reject(new Error('away')),
    memberJoined: () => undefined,
    roomDeleted: () => undefined,
    memberLeft: () => undefined,
    doubtMembers: () => undefined,
    repaired: () => undefined,
    follow: (rooms) => did.push(`follow ${rooms.map(name).join()}`),
    unfollow: (rooms) => did.push(`unfollow ${rooms.map(name).join()}`),
    hasLocalMembers: (roomId) => local.has(roomId),
    windowOf: () => windowMs,
  })
  const open = (...rooms: string[]): void =>
    feeds.open(rooms.map((roomId) => ({ roomId, head: 10, memberVersion: 1 })))
  const offer = (roomId: string, ...seqs: number[]): void =>
    feeds.offer({ roomId, fromSeq: seqs[0]!, memberVersion: 1, events: seqs.map(said) })
  return { feeds, did, local, open, offer }
}

test('a room is opened once and followed once, where its log was when membership was read', () => {
  const { feeds, did, open } = begin()
  open(one, other)
  open(one, third)
  open(one)
  expect(did).toEqual(['follow a,b', 'follow c'])
  expect(feeds.positions()).toEqual(ids.map((id) => [id, 10]))
  expect(feeds.size).toBe(3)
})

test('what comes in one turn is one packet a room, and news of other rooms is nobody’s', async () => {
  const { did, open, offer } = begin()
  open(one, other)
  did.length = 0
  offer(one, 11)
  offer(other, 11, 12)
  offer(one, 12, 13)
  offer(third, 11)
  expect(did).toEqual([])
  await turn()
  expect(did).toEqual(['a 11,12,13', 'b 11,12'])
  offer(one, 14)
  await turn()
  expect(did.at(-1)).toBe('a 14')
})

test('a room that has just spoken to many gathers for half its window, a quiet one does not', async () => {
  vi.useFakeTimers()
  const { did, open, offer } = begin(100)
  open(one)
  did.length = 0
  offer(one, 11)
  await vi.advanceTimersByTimeAsync(1)
  expect(did).toEqual(['a 11'])
  offer(one, 12)
  await vi.advanceTimersByTimeAsync(20)
  offer(one, 13, 14)
  await vi.advanceTimersByTimeAsync(20)
  expect(did).toEqual(['a 11'])
  await vi.advanceTimersByTimeAsync(10)
  expect(did).toEqual(['a 11', 'a 12,13,14'])
  await vi.advanceTimersByTimeAsync(60)
  offer(one, 15)
  await vi.advanceTimersByTimeAsync(1)
  expect(did.at(-1)).toBe('a 15')
})

test('what is handed over early is not handed over again when its window ends', async () => {
  vi.useFakeTimers()
  const { feeds, did, open, offer } = begin(100)
  open(one)
  did.length = 0
  offer(one, 11)
  await vi.advanceTimersByTimeAsync(1)
  offer(one, 12)
  feeds.get(one)?.flush()
  offer(one, 13)
  await vi.advanceTimersByTimeAsync(60)
  expect(did).toEqual(['a 11', 'a 12', 'a 13'])
})

test('a clock that is set back makes nobody wait for longer than a window', async () => {
  vi.useFakeTimers()
  const { did, open, offer } = begin(100)
  open(one)
  offer(one, 11)
  await vi.advanceTimersByTimeAsync(1)
  vi.setSystemTime(Date.now() - 3_600_000)
  offer(one, 12)
  await vi.advanceTimersByTimeAsync(50)
  expect(did.at(-1)).toBe('a 12')
})

test('what is said in a room that has just spoken may wait for more of it', async () => {
  vi.useFakeTimers({ now: 1_000_020 })
  const { feeds, open, offer } = begin(100)
  open(one)
  expect(feeds.gatherMs(one)).toBe(0)
  offer(one, 11)
  await vi.advanceTimersByTimeAsync(10)
  expect([feeds.gatherMs(one), feeds.gatherMs(other)]).toEqual([70, 0])
  await vi.advanceTimersByTimeAsync(100)
  expect(feeds.gatherMs(one)).toBe(0)
})

test('a packet that is late makes no room quiet that is spoken in all the time', async () => {
  vi.useFakeTimers({ now: 1_000_020 })
  const { feeds, open, offer } = begin(100)
  open(one)
  feeds.gatherMs(one)
  offer(one, 11)
  const waits: number[] = []
  for (let said = 0; said < 10; said += 1) {
    await vi.advanceTimersByTimeAsync(30)
    waits.push(feeds.gatherMs(one))
  }
  expect(waits).toEqual([50, 20, 90, 60, 30, 100, 70, 40, 10, 80])
})

test('where more is said than can be read it is gathered for twice as long, until it is quieter', async () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const { feeds, did, open, offer } = begin(40)
  open(one)
  let seq = 10
  const talk = async (everyMs: number): Promise<number> => {
    const untilMs = Date.now() + 2_000
    const before = did.length
    while (Date.now() < untilMs) {
      offer(one, (seq += 1))
      await vi.advanceTimersByTimeAsync(everyMs)
    }
    return did.length - before
  }
  const inMoments = [await talk(20), await talk(5), await talk(20)]
  // On their way to the sockets they wait for half of it: 20 ms and 40 ms.
  const [quiet = 0, flood = 0, quietAgain = 0] = inMoments
  expect(quiet).toBeGreaterThan(75)
  expect(flood).toBeLessThan(70)
  expect(quietAgain).toBeGreaterThan(75)
  offer(one, (seq += 1))
  await vi.advanceTimersByTimeAsync(40)
  expect(feeds.gatherMs(one)).toBeLessThanOrEqual(40)
})

test('a room that is closed while it gathers says nothing more', async () => {
  vi.useFakeTimers()
  const { feeds, did, open, offer } = begin(100)
  open(one)
  offer(one, 11)
  await vi.advanceTimersByTimeAsync(1)
  offer(one, 12)
  feeds.closeAll()
  await vi.advanceTimersByTimeAsync(100)
  expect(did).toEqual(['follow a', 'a 11', 'unfollow a'])
})

test('a room without local sockets lingers, so that who comes back finds it, and then goes', () => {
  const { feeds, did, local, open } = begin()
  open(one, other)
  local.add(one)
  feeds.closeIdle(0)
  feeds.closeIdle(30_000)
  expect(feeds.size).toBe(2)
  feeds.closeIdle(30_001)
  expect(did.at(-1)).toBe('unfollow b')
  expect([feeds.get(one) === undefined, feeds.get(other) === undefined]).toEqual([false, true])
  local.delete(one)
  feeds.closeIdle(40_000)
  local.add(one)
  feeds.closeIdle(60_000)
  local.delete(one)
  feeds.closeIdle(80_000)
  feeds.closeIdle(100_000)
  expect(feeds.size).toBe(1)
})

test('closing all hands nothing more over, and lets go of every room', async () => {
  const { feeds, did, open, offer } = begin()
  open(one, other)
  offer(one, 11)
  did.length = 0
  feeds.closeAll()
  await turn()
  expect(did).toEqual(['unfollow a,b'])
  expect(feeds.size).toBe(0)
})

test('rooms that are opened after all were closed are live again, as after the log was restored', async () => {
  const { feeds, did, open, offer } = begin()
  open(one)
  // Something is due to be handed over at the moment of the closing.
  offer(one, 11)
  feeds.closeAll()
  open(one)
  did.length = 0
  offer(one, 11)
  await turn()
  await turn()
  expect(did).toEqual(['a 11'])
})
