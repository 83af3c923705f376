import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { HistoryLine, OperationLine } from '../history/history-line.ts'
import { driveDevice } from './drive-device.ts'
import type { Attempt, LoadClient } from './load-client.ts'
import { done, refused, unanswered, type Outcome } from './outcome.ts'
import type { PlannedOp } from './planned-op.ts'
import { RoomReading } from './room-reading.ts'

const roomId = '01a1fe7b-82b7-74f9-b429-dd5a238e34e6'
const rooms = [{ id: roomId, history: 'all' as const, ownerId: 'ada', memberIds: ['ada', 'bob'] }]
const sends = (count: number): PlannedOp[] =>
  Array.from({ length: count }, (_, at) => ({
    n: at + 1,
    op: 'send',
    room: 0,
    draw: 0.9,
    words: 0,
    isAskedTwice: false,
    burst: 0,
  }))

/** A client whose answers are given, and the history that is written of it. */
function rig(answer: (attempt: Attempt, nth: number) => Promise<Outcome>) {
  const lines: HistoryLine[] = []
  let ms = 0
  const recorder = { now: () => (ms += 1), write: (line: HistoryLine) => void lines.push(line) }
  const device = { name: 'ws-1', userId: 'bob', via: 'websocket' as const }
  const reading = new RoomReading(recorder, device)
  reading.startAt(roomId, 3)
  let nth = 0
  const client: LoadClient = {
    device,
    reading,
    isInLanes: true,
    start: () => undefined,
    live: async () => undefined,
    isLive: () => true,
    attempt: async (attempt) => ({ outcome: await answer(attempt, nth++) }),
    repeat: async (attempt) => ({ outcome: await answer(attempt, nth++), via: 'http' }),
    close: async () => undefined,
  }
  const drive = (ops: PlannedOp[], giveUp = new AbortController().signal, inFlight = 4) => {
    const pacer = { turn: async () => undefined }
    const { signal } = new AbortController()
    return driveDevice({ client, ops, rooms, pacer, recorder, inFlight, signal, giveUp })
  }
  const operations = () => lines.filter((line): line is OperationLine => line.kind === 'operation')
  return { drive, operations, reading }
}

test('what has no answer is `info`, and asked again with the same key; each attempt is a line', async () => {
  const answers = [
    unanswered(),
    refused({ code: 'RATE_LIMITED', retryable: true, retryAfterMs: 1 }),
    refused({ code: 'INTERNAL', retryable: true }),
    done({ seq: 4, msgNo: 1 }),
  ]
  const { drive, operations, reading } = rig(async (_, nth) => answers[nth]!)
  await drive(sends(1))
  const shown = operations().map(({ type, error, attempt }) => ({ type, error, attempt }))
  expect(shown).toEqual([
    { type: 'info', error: 'NO_ANSWER', attempt: 0 },
    { type: 'fail', error: 'RATE_LIMITED', attempt: 1 },
    { type: 'info', error: 'INTERNAL', attempt: 2 },
    { type: 'ok', error: undefined, attempt: 3 },
  ])
  expect(new Set(operations().map(({ key, value }) => `${key} ${value}`)).size).toBe(1)
  expect(operations()[0]?.value).toBe('ws-1/1')
  expect(reading.own(roomId)).toEqual([4])
})

test('what is planned twice is asked for again after its answer, with the same key, over REST', async () => {
  const { drive, operations, reading } = rig(async (_, nth) => done({ seq: 4, dup: nth > 0 }))
  await drive(sends(1).map((op) => ({ ...op, isAskedTwice: true })))
  const shown = operations().map(({ via, attempt, result }) => ({ via, attempt, result }))
  expect(shown).toEqual([
    { via: 'websocket', attempt: 0, result: { seq: 4, dup: false } },
    { via: 'http', attempt: 1, result: { seq: 4, dup: true } },
  ])
  expect(new Set(operations().map(({ key }) => key)).size).toBe(1)
  expect(reading.own(roomId)).toEqual([4])
})

test('a burst does not wait for answers; what comes after it in the room waits for all of it', async () => {
  let underWay = 0
  let most = 0
  const { drive, operations } = rig(async (_, nth) => {
    underWay += 1
    most = Math.max(most, underWay)
    await sleep(1)
    underWay -= 1
    return done({ seq: nth + 4 })
  })
  await drive(sends(2).map((op) => ({ ...op, burst: op.n === 1 ? 3 : 0 })))
  expect(most).toBe(4)
  const values = operations().map(({ value }) => String(value))
  expect(values.slice(0, 4).toSorted()).toEqual(['ws-1/1', 'ws-1/1.1', 'ws-1/1.2', 'ws-1/1.3'])
  expect(values[4]).toBe('ws-1/2')
  expect(new Set(operations().map(({ key }) => key)).size).toBe(5)
})

test('a refusal for good is the end of it', async () => {
  const { drive, operations } = rig(async () => refused({ code: 'BANNED', retryable: false }))
  await drive(sends(1))
  expect(operations().map(({ type, error }) => [type, error])).toEqual([['fail', 'BANNED']])
})

test('in one room a bare client sends the next only when the one before is done', async () => {
  let underWay = 0
  const { drive, operations } = rig(async (_, nth) => {
    underWay += 1
    expect(underWay).toBe(1)
    await sleep(1)
    underWay -= 1
    return nth === 0 ? unanswered() : done({ seq: nth + 4 })
  })
  await drive(sends(4))
  expect(operations().map(({ value }) => value)).toEqual([
    'ws-1/1',
    'ws-1/1',
    'ws-1/2',
    'ws-1/3',
    'ws-1/4',
  ])
})

test('what has no answer when all is given up is `info` without an end', async () => {
  const giving = new AbortController()
  const { drive, operations } = rig(() => {
    giving.abort()
    return new Promise(() => undefined)
  })
  await drive(sends(1), giving.signal)
  expect(operations()).toMatchObject([{ type: 'info', completedMs: null, error: 'GIVEN_UP' }])
})
