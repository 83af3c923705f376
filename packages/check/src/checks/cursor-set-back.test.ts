import { expect, test } from 'vitest'
import type { HistoryLine } from '../history/history-line.ts'
import { movesOf } from '../testing/cursor-moves.ts'
import { anEvent, lineOf } from '../testing/write-lines.ts'
import { checkHistory } from './check-history.ts'

const HEAD = 40
const joined = (seq: number): HistoryLine =>
  lineOf.row(
    'hall',
    anEvent(seq, 'member:joined', { by: 'ann', data: { userId: 'ann', role: 'member' } }),
  )
const LOG = [
  joined(1),
  ...Array.from({ length: HEAD - 1 }, (_, n) =>
    lineOf.row(
      'hall',
      anEvent(n + 2, 'message:created', { by: 'bob', msgNo: n + 1, data: { text: String(n) } }),
    ),
  ),
]
const stored = (readSeq: number, joinedSeq = 1): HistoryLine => ({
  kind: 'room',
  roomId: 'hall',
  head: HEAD,
  lastMsgNo: HEAD - 1,
  history: 'all',
  members: [{ userId: 'ann', joinedSeq, readSeq }],
})

async function found(lines: readonly HistoryLine[], log: readonly HistoryLine[] = LOG) {
  const results = await checkHistory([lineOf.run(), ...lines, ...log])
  return results.find(({ check }) => check === 'C6')?.found ?? 0
}

test('moves of several devices at the same time are held to nothing that was not promised', async () => {
  for (let seed = 0; seed < 400; seed += 1) {
    const { lines, readSeq } = movesOf(seed)
    expect(await found([...lines, stored(readSeq)]), `seed ${seed}`).toBe(0)
  }
})

test('what moves it by itself is found, in most histories', async () => {
  let histories = 0
  for (let seed = 0; seed < 100; seed += 1) {
    const { lines, readSeq } = movesOf(seed, true)
    if ((await found([...lines, stored(readSeq)])) > 0) histories += 1
  }
  expect(histories).toBeGreaterThan(20)
})

interface Move {
  readonly mode?: 'set'
  readonly type?: 'info' | 'fail'
  readonly until?: number
}
const move = (invokedMs: number, value: number, readSeq: number, more: Move = {}): HistoryLine => {
  const { until = invokedMs + 2, ...rest } = more
  const asked = { process: 'ws-ann', op: 'read', roomId: 'hall', value, invokedMs } as const
  return lineOf.asked({ ...asked, completedMs: until, ...rest, result: { readSeq } })
}
const BACK = move(100, 4, 4, { mode: 'set' })

test('a cursor that was set back stays there', async () => {
  const before = move(10, 8, 8)
  expect(await found([before, BACK, stored(4)])).toBe(0)
  expect(await found([before, BACK, stored(8)])).toBe(1)
  expect(await found([before, BACK, move(200, 2, 8), stored(8)])).toBe(2)
})

test('until it is moved', async () => {
  expect(await found([BACK, move(200, 6, 6), stored(6)])).toBe(0)
  expect(await found([BACK, move(200, 6, 6), stored(7)])).toBe(1)
})

test.each([
  ['is under way beside it', move(99, 8, 8, { until: 103 })],
  ['began while it was under way', move(101, 8, 8)],
  ['had no answer', move(10, 8, 0, { type: 'info' })],
  ['was refused after an attempt without an answer', move(10, 8, 0, { type: 'fail' })],
])('what %s may come after it', async (_what, other) => {
  expect(await found([other, BACK, stored(8)])).toBe(0)
  expect(await found([other, BACK, stored(9)])).toBe(1)
})

test('who comes in again has read what was said before', async () => {
  const left = lineOf.row(
    'hall',
    anEvent(20, 'member:left', { by: 'ann', data: { userId: 'ann', reason: 'left' } }),
  )
  const log = LOG.map((line, at) => (at === 19 ? left : at === 29 ? joined(30) : line))
  expect(await found([BACK, stored(30, 30)], log)).toBe(0)
})

test('nothing is asked where the log is not known from its beginning', async () => {
  expect(await found([BACK, stored(8)], LOG.slice(5))).toBe(0)
})
