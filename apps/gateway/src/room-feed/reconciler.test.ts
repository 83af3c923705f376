import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLogger } from '@parley/server-kit'
import type { LocalUsers } from '../sessions/local-users.ts'
import { Reconciler } from './reconciler.ts'
import type { RoomFeeds } from './room-feeds.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** One room if not more, whose looks are counted. */
function setUp(positions: [string, number][] = [['room', 1]]) {
  const state = { isAway: false, looks: 0, asked: [] as string[], broken: [] as string[] }
  const reconciler = new Reconciler({
    feeds: { positions: () => positions, get: () => undefined } as unknown as RoomFeeds,
    users: { versions: () => [], refreshSoon: () => undefined } as unknown as LocalUsers,
    reconcile: async ({ rooms }) => {
      state.looks += 1
      const [first = ''] = Object.keys(rooms)
      state.asked.push(first)
      if (state.broken.includes(first)) throw new Error('Not now.')
      return { rooms: {}, users: [], epoch: 1 }
    },
    noteEpoch: () => undefined,
    isNewsAway: () => state.isAway,
    intervalMs: 5_000,
    found: () => undefined,
    logger: createLogger('test', 'silent'),
  })
  reconciler.start()
  return { state, reconciler }
}

test('with news it looks once an interval, give or take a tenth', async () => {
  const { state, reconciler } = setUp()
  await vi.advanceTimersByTimeAsync(4_400)
  expect(state.looks).toBe(0)
  await vi.advanceTimersByTimeAsync(1_200)
  expect(state.looks).toBe(1)
  reconciler.stop()
})

test('when news goes away the next look is within a second, and not put off by being told again', async () => {
  const { state, reconciler } = setUp()
  await vi.advanceTimersByTimeAsync(100)
  state.isAway = true
  // A way that cannot be made again closes again and again.
  for (let tries = 0; tries < 12; tries += 1) {
    reconciler.hurry()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(state.looks).toBe(1)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(state.looks).toBeGreaterThanOrEqual(10)
  expect(state.looks).toBeLessThanOrEqual(13)
  state.isAway = false
  await vi.advanceTimersByTimeAsync(1_200)
  const { looks } = state
  // The next is planned for 4.5 s after the last, at the earliest.
  await vi.advanceTimersByTimeAsync(3_200)
  expect(state.looks).toBe(looks)
  reconciler.stop()
})

test('once it was stopped nothing makes it look', async () => {
  const { state, reconciler } = setUp()
  reconciler.stop()
  state.isAway = true
  reconciler.hurry()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(state.looks).toBe(0)
})

const four = Array.from({ length: 4_000 }, (_, n): [string, number] => [`room ${n}`, 1])
const [a, b, c, d] = ['room 0', 'room 1000', 'room 2000', 'room 3000'] as const

test('rooms that cannot be asked for keep no others from being looked at', async () => {
  const { state, reconciler } = setUp(four)
  reconciler.stop()
  state.broken = [b]
  await reconciler.lookNow()
  expect(state.asked.splice(0)).toEqual([a, b, c, d])
  state.broken = [a, b]
  await reconciler.lookNow()
  expect(state.asked.splice(0)).toEqual([a, b])
  await reconciler.lookNow()
  expect(state.asked.splice(0)).toEqual([c, d, a, b])
})

test('a log that cannot be asked is asked no more than twice at each look', async () => {
  const { state, reconciler } = setUp(four)
  reconciler.stop()
  state.broken = [a, b, c, d]
  for (let looks = 0; looks < 3; looks += 1) await reconciler.lookNow()
  expect(state.asked.splice(0)).toEqual([a, b, c, d, a, b])
  state.broken = []
  await reconciler.lookNow()
  expect(state.asked).toEqual([c, d, a, b])
})
