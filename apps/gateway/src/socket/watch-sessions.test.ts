import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RoomFeeds } from '../room-feed/room-feeds.ts'
import type { LocalUsers } from '../sessions/local-users.ts'
import { Session } from '../sessions/session.ts'
import { SendBuffers } from './send-buffers.ts'
import { watchSessions } from './watch-sessions.ts'

const ends: (() => void)[] = []
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  for (const end of ends.splice(0)) end()
  vi.useRealTimers()
})

const KB = 1_024
const MB = 1_024 * KB
/** The normal mobile link. */
const LINK = 125_000

/** A socket of which so much waits, on a line that takes so much a second. */
function watch(line: { bytesPerSecond: number; unsent: number; addedPerSecond?: number }) {
  let heardOf = 0
  const session = new Session(
    {
      id: 'one',
      join: () => undefined,
      leave: () => undefined,
      emit: () => undefined,
      unsentBytes: () => line.unsent,
      noteReading: () => {
        heardOf += 1
      },
      close: () => undefined,
    },
    { userId: 'bob', expiresAtMs: Date.now() + 24 * 3_600_000 },
  )
  const pass = setInterval(() => {
    const { bytesPerSecond, addedPerSecond = 0 } = line
    line.unsent = Math.max(0, line.unsent + (addedPerSecond - bytesPerSecond) / 10)
  }, 100)
  const watching = watchSessions({
    users: { sessions: () => [session].values() } as unknown as LocalUsers,
    feeds: { get: () => undefined } as unknown as RoomFeeds,
    fetchAfter: () => Promise.reject(new Error('not asked')),
    lagBytes: 256 * KB,
    closeBytes: MB,
    lagLimitMs: 10_000,
    slowClosed: () => undefined,
    buffers: new SendBuffers(),
  })
  ends.push(() => {
    clearInterval(pass)
    watching.stop()
  })
  const isLagging = (): boolean => session.laggingSinceMs !== undefined
  return { session, line, isLagging, heardOf: () => heardOf }
}

const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 1_000)

test.each([1.5, 2])('an answer of %d MB is read to its end on a mobile link', async (megabytes) => {
  const { session, line, isLagging, heardOf } = watch({
    bytesPerSecond: LINK,
    unsent: megabytes * MB,
  })
  await seconds(1)
  expect(isLagging()).toBe(true)
  await seconds((megabytes * MB) / LINK)
  expect(session.endCode).toBeUndefined()
  expect(line.unsent).toBe(0)
  expect(isLagging()).toBe(false)
  // Its ping waited behind the answer.
  expect(heardOf()).toBeGreaterThan((megabytes * MB) / LINK / 10)
})

test.each([300 * KB, 1.5 * MB, 2 * MB])(
  'who reads nothing of %d bytes is ended',
  async (unsent) => {
    const { session } = watch({ bytesPerSecond: 0, unsent })
    await seconds(9)
    expect(session.endCode).toBeUndefined()
    await seconds(2.1)
    expect(session.endCode).toBe('SLOW_CONSUMER')
  },
)

test('who reads, but far too little, is ended as soon', async () => {
  const { session, heardOf } = watch({ bytesPerSecond: 10_000, unsent: 1.5 * MB })
  await seconds(11.1)
  expect(session.endCode).toBe('SLOW_CONSUMER')
  expect(heardOf()).toBe(0)
})

test('who is handed more than they read is ended', async () => {
  const growing = watch({ bytesPerSecond: LINK, addedPerSecond: 1.2 * LINK, unsent: 300 * KB })
  await seconds(11.1)
  expect(growing.session.endCode).toBe('SLOW_CONSUMER')
})

test('more than an answer and what may wait besides is ended at once', async () => {
  const { session } = watch({ bytesPerSecond: LINK, unsent: 3.2 * MB })
  await seconds(0.6)
  expect(session.endCode).toBe('SLOW_CONSUMER')
})

test('who asks for more while they lag may read that too', async () => {
  const { session, line, isLagging } = watch({ bytesPerSecond: LINK, unsent: 400 * KB })
  await seconds(1)
  line.unsent += 1.5 * MB
  await seconds((2 * MB) / LINK)
  expect(session.endCode).toBeUndefined()
  expect(isLagging()).toBe(false)
})

test('who stops half way is ended', async () => {
  const { session, line } = watch({ bytesPerSecond: LINK, unsent: 2.9 * MB })
  await seconds(15)
  line.bytesPerSecond = 0
  await seconds(8)
  expect(session.endCode).toBeUndefined()
  await seconds(3.1)
  expect(session.endCode).toBe('SLOW_CONSUMER')
})

test('who reads behind a large buffer is seen to read seldom, and much at once', async () => {
  const { session, line, isLagging } = watch({ bytesPerSecond: 0, unsent: 2.75 * MB })
  await seconds(9)
  for (let jumps = 0; jumps < 2; jumps += 1) {
    line.unsent -= 1.37 * MB
    await seconds(11)
  }
  expect(session.endCode).toBeUndefined()
  expect(isLagging()).toBe(false)
})

test('who stops behind a large buffer is ended in twice the time', async () => {
  const { session, line } = watch({ bytesPerSecond: 0, unsent: 2.9 * MB })
  await seconds(9)
  line.unsent -= 1.37 * MB
  await seconds(19)
  expect(session.endCode).toBeUndefined()
  await seconds(2.1)
  expect(session.endCode).toBe('SLOW_CONSUMER')
})
