import { EventEmitter } from 'node:events'
import { randomUUID } from 'node:crypto'
import { roomNewsChannel } from '@parley/message-schema'
import { createLogger, type Redis } from '@parley/server-kit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { EventWaiters } from './wait-for-events.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const roomId = randomUUID()
const other = randomUUID()

/** A subscriber that hears what is said, heads that can be set, and waiters over both. */
function begin(heads: Map<string, number> = new Map()) {
  const subscribed = new Set<string>()
  const subscriber = Object.assign(new EventEmitter(), {
    subscribe: async (...channels: string[]) => channels.forEach((one) => subscribed.add(one)),
    unsubscribe: async (...channels: string[]) => channels.forEach((one) => subscribed.delete(one)),
  })
  let looks = 0
  let isAway = false
  const waiters = new EventWaiters({
    subscriber: subscriber as unknown as Redis,
    logger: createLogger('test', 'silent'),
    readHeads: async () => {
      looks += 1
      if (isAway) throw new Error('away')
      return heads
    },
  })
  const tell = (seq: number, room = roomId): boolean =>
    subscriber.emit(
      'message',
      roomNewsChannel(room),
      JSON.stringify({ roomId: room, events: [{ seq }] }),
    )
  const wait = (
    rooms: [string, number][],
    waitMs = 20_000,
    signal = new AbortController().signal,
  ) => {
    const waiting = { done: false, promise: Promise.resolve() }
    waiting.promise = waiters.wait(new Map(rooms), waitMs, signal).then(() => {
      waiting.done = true
    })
    return waiting
  }
  return {
    waiters,
    subscriber,
    subscribed,
    heads,
    tell,
    wait,
    looks: () => looks,
    setAway: (away: boolean) => {
      isAway = away
    },
  }
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

test('news of the room wakes who waits for it, at once', async () => {
  const { wait, tell, subscribed } = begin()
  const waiting = wait([[roomId, 5]])
  await settle()
  expect([...subscribed]).toEqual([roomNewsChannel(roomId)])
  tell(5)
  tell(9, other)
  await settle()
  expect(waiting.done).toBe(false)
  tell(6)
  await settle()
  expect(waiting.done).toBe(true)
})

test('what was committed just before the wait, and announced to nobody, is found by a look', async () => {
  const { wait } = begin(new Map([[roomId, 6]]))
  const waiting = wait([[roomId, 5]])
  await settle()
  expect(waiting.done).toBe(true)
})

test('what Redis lost is found within a second', async () => {
  const { wait, heads } = begin(new Map([[roomId, 5]]))
  const waiting = wait([[roomId, 5]])
  await settle()
  heads.set(roomId, 6)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(waiting.done).toBe(true)
})

test('when time is up the wait is over, and nothing is left behind it', async () => {
  const { wait, subscribed, looks } = begin()
  const waiting = wait(
    [
      [roomId, 5],
      [other, 0],
    ],
    2_500,
  )
  await vi.advanceTimersByTimeAsync(2_499)
  expect(waiting.done).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(waiting.done).toBe(true)
  expect([...subscribed]).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  const before = looks()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(looks()).toBe(before)
  expect(vi.getTimerCount()).toBe(0)
})

test('a caller that has gone is not waited for', async () => {
  const { wait, subscribed } = begin()
  const caller = new AbortController()
  const waiting = wait([[roomId, 5]], 20_000, caller.signal)
  await settle()
  caller.abort()
  await settle()
  expect(waiting.done).toBe(true)
  expect([...subscribed]).toEqual([])
  const gone = wait([[roomId, 5]], 20_000, AbortSignal.abort())
  await settle()
  expect(gone.done).toBe(true)
})

test('a database that does not answer holds nobody beyond their time', async () => {
  const { subscriber } = begin()
  const waiters = new EventWaiters({
    subscriber: subscriber as unknown as Redis,
    logger: createLogger('test', 'silent'),
    readHeads: () => new Promise(() => undefined),
  })
  let done = false
  void waiters.wait(new Map([[roomId, 5]]), 1_500, new AbortController().signal).then(() => {
    done = true
  })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(done).toBe(true)
})

test('a database that is away ends no wait, and is asked again', async () => {
  const { wait, heads, setAway } = begin()
  setAway(true)
  const waiting = wait([[roomId, 5]])
  await vi.advanceTimersByTimeAsync(3_000)
  expect(waiting.done).toBe(false)
  setAway(false)
  heads.set(roomId, 7)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(waiting.done).toBe(true)
})

test('many who wait for one room share its channel, and the last to go leaves it', async () => {
  const { wait, tell, subscribed } = begin()
  const [early, late] = [
    wait([[roomId, 5]]),
    wait([
      [roomId, 8],
      [other, 3],
    ]),
  ]
  await settle()
  tell(6)
  await settle()
  expect([early.done, late.done]).toEqual([true, false])
  expect(subscribed.has(roomNewsChannel(roomId))).toBe(true)
  tell(4, other)
  await settle()
  expect(late.done).toBe(true)
  expect(subscribed.size).toBe(0)
})

test('news that cannot be read harms nobody', async () => {
  const { wait, tell, subscriber } = begin()
  const waiting = wait([[roomId, 5]])
  await settle()
  for (const broken of [
    '',
    'no json',
    'null',
    '7',
    '{}',
    '{"roomId":1}',
    '{"roomId":"x","events":[null]}',
  ]) {
    subscriber.emit('message', roomNewsChannel(roomId), broken)
  }
  await settle()
  expect(waiting.done).toBe(false)
  tell(6)
  await settle()
  expect(waiting.done).toBe(true)
})

test('closing lets everybody go, and who waits for nothing is not held', async () => {
  const { waiters, wait } = begin()
  const waiting = [wait([[roomId, 5]]), wait([[other, 5]]), wait([])]
  await settle()
  expect(waiting.map(({ done }) => done)).toEqual([false, false, true])
  waiters.close()
  await settle()
  expect(waiting.map(({ done }) => done)).toEqual([true, true, true])
})
