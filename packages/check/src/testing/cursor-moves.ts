import type { HistoryLine, OperationLine } from '../history/history-line.ts'
import { integerBetween, seededRandom } from '../seeded-random.ts'
import { lineOf } from './write-lines.ts'

interface Step {
  readonly atMs: number
  readonly run: () => void
}

const ROUNDS = 12

/**
 * One person on three devices that do not wait for each other. Each move is done at a moment of its own
 * between question and answer, and the cursor of the answer is read after that, as the API does it. `isHaunted`: each
 * move forward is done once more, some time after it was answered.
 */
export function movesOf(
  seed: number,
  isHaunted = false,
): { readonly lines: HistoryLine[]; readonly readSeq: number } {
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
      const again = (): void => void (cursor = Math.max(cursor, value))
      if (isHaunted && type === 'ok' && !isSet)
        steps.push({ atMs: doneMs + random() * 40, run: again })
      steps.push({ atMs: readMs, run: () => void (result.readSeq = cursor) })
      answers.push({ line, result })
    }
  }
  for (const { run } of steps.toSorted((a, b) => a.atMs - b.atMs)) run()
  const lines = answers.map(({ line, result }) => (line.type === 'ok' ? { ...line, result } : line))
  lines.sort((a, b) => (a.completedMs ?? 0) - (b.completedMs ?? 0))
  return { lines, readSeq: cursor }
}
