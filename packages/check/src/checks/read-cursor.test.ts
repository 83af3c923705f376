import { expect, test } from 'vitest'
import type { HistoryLine } from '../history/history-line.ts'
import { movesOf } from '../testing/cursor-moves.ts'
import { lineOf } from '../testing/write-lines.ts'
import { checkHistory } from './check-history.ts'

const stored = (readSeq: number): HistoryLine => ({
  kind: 'room',
  roomId: 'hall',
  head: 40,
  lastMsgNo: 40,
  history: 'all',
  members: [{ userId: 'ann', joinedSeq: 1, readSeq }],
})

async function found(lines: readonly HistoryLine[]): Promise<number> {
  const results = await checkHistory([lineOf.run(), ...lines])
  return results.find(({ check }) => check === 'C6')?.found ?? 0
}

test('moves of several devices at the same time are held to nothing that was not promised', async () => {
  for (let seed = 0; seed < 400; seed += 1) {
    const { lines, readSeq } = movesOf(seed)
    expect(await found([...lines, stored(readSeq)]), `seed ${seed}`).toBe(0)
  }
})

const set = (process: string, value: number, [invokedMs, completedMs]: readonly [number, number]) =>
  lineOf.asked({
    process,
    op: 'read',
    roomId: 'hall',
    mode: 'set',
    value,
    invokedMs,
    completedMs,
    result: { readSeq: value },
  })

test('of two that set it at the same time either may be the last, whoever is answered last', async () => {
  const both = [set('http-ann', 37, [10, 20]), set('sdk-ann', 42, [11, 30])]
  for (const end of [37, 42]) expect(await found([...both, stored(end)])).toBe(0)
})

test.each([
  ['alone', [set('sdk-ann', 42, [10, 20])]],
  ['after another', [set('http-ann', 37, [10, 20]), set('sdk-ann', 42, [21, 30])]],
])('who set it %s is held to it', async (_how, lines) => {
  expect(await found([...lines, stored(37)])).toBe(1)
})

test('behind what an unanswered `set` asked for nothing goes back', async () => {
  const read = (atMs: number, value: number, readSeq?: number): HistoryLine =>
    lineOf.asked({
      process: 'ws-ann',
      op: 'read',
      roomId: 'hall',
      value,
      invokedMs: atMs,
      ...(readSeq === undefined ? { mode: 'set', type: 'info' } : { result: { readSeq } }),
    })
  const moves = [read(10, 5), read(100, 15, 15)]
  expect(await found([...moves, read(200, 2, 5), stored(5)])).toBe(0)
  expect(await found([...moves, read(200, 2, 3)])).toBe(1)
  expect(await found([...moves, stored(3)])).toBe(1)
})
