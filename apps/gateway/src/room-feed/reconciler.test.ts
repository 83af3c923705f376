import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLogger } from '@parley/server-kit'
import type { LocalUsers } from '../sessions/local-users.ts'
import { Reconciler } from './reconciler.ts'
import type { RoomFeeds } from './room-feeds.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** One room, whose looks are counted. */
function setUp() {
  const state = { isAway: false, looks: 0 }
  const reconciler = new Reconciler({
    feeds: { positions: () => [['room', 1]], get: () => undefined } as unknown as RoomFeeds,
    users: { versions: () => [], refreshSoon: () => undefined } as unknown as LocalUsers,
    reconcile: async () => {
      state.looks += 1
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
