import { expect, test } from 'vitest'
import type { HistoryLine, OperationLine } from '../history/history-line.ts'
import { integerBetween, seededRandom } from '../seeded-random.ts'
import { lineOf } from '../testing/write-lines.ts'
import { checkHistory } from './check-history.ts'

interface Step {
  readonly atMs: number
  readonly run: () => void
}

const ROUNDS = 12

/**
 * One person on three devices that do not wait for each other. Each move is done at a moment of its own
 * between question and answer, and the cursor of the answer is read after that, as the API does it.
 */
function movesOf(seed: number): { readonly lines: HistoryLine[]; readonly readSeq: number } {
  const random = seededRandom(`cursor ${seed}`)
  const steps: Step[] = []
  const answers: { readonly line: OperationLine; readonly result: { readSeq: number } }[] = []
  let cursor = 0
  for (let device = 0; device < 3; device += 1) {
    let nowMs = integerBetween(random, 0, 5)
    for (let round = 0; round < ROUNDS; round += 1) {
      const invokedMs = nowMs + integerBetween(random, 0, 4)
      const doneMs = invokedMs + random() * 6
      const readMs = doneMs + random() * 4
      const completedMs = Math.ceil(readMs) + integerBetween(random, 0, 3)
      nowMs = completedMs
      const value = integerBetween(random, 1, 40)
      const isSet = random() < 0.3
      const dice = random()
      const type = dice < 0.1 ? 'info' : dice < 0.15 ? 'fail' : 'ok'
      const result = { readSeq: 0 }
      const asked = {
        process: `ws-${device}-ann`,
        op: 'read',
        roomId: 'hall',
        value,
        invokedMs,
        completedMs,
        type,
      } as const
      const line = lineOf.asked({ ...asked, ...(isSet && { mode: 'set' }) }) as OperationLine
      // What has no answer may be done long after, or never.
      const atMs = type === 'info' ? doneMs + random() * 100 : doneMs
      const isDone = type === 'ok' || (type === 'info' && random() < 0.5)
      if (isDone)
        steps.push({ atMs, run: () => void (cursor = isSet ? value : Math.max(cursor, value)) })
      steps.push({ atMs: readMs, run: () => void (result.readSeq = cursor) })
      answers.push({ line, result })
    }
  }
  for (const { run } of steps.toSorted((a, b) => a.atMs - b.atMs)) run()
  const lines = answers.map(({ line, result }) => (line.type === 'ok' ? { ...line, result } : line))
  lines.sort((a, b) => (a.completedMs ?? 0) - (b.completedMs ?? 0))
  return { lines, readSeq: cursor }
}

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
