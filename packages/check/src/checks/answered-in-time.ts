import type { IndexedHistory, Operation } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** While all is well, whoever says something is told what became of it, however often they have to ask. */
export function answeredInTime(history: IndexedHistory): Answer {
  const { rooms, wellFromMs, bounds } = history
  const inquiry = new Inquiry(bounds.keep)
  if (wellFromMs === undefined) return inquiry
  for (const { roomId, keyed } of rooms.values()) {
    for (const attempts of keyed.values()) {
      const [first] = attempts
      if (first === undefined || attempts.some(({ invokedMs }) => invokedMs < wellFromMs)) continue
      const waitedMs = waitOf(history, attempts)
      if (waitedMs === undefined) continue
      inquiry.looked += 1
      if (waitedMs <= bounds.answerMs) continue
      const says = (): string =>
        `${first.process} did not know after ${bounds.answerMs} ms what became of its ${first.op} in room ${roomId}`
      inquiry.report([first.line, attempts.at(-1)?.line], says, roomId)
    }
  }
  return inquiry
}

/** `undefined`: whoever asked gave up before the bound, so nobody can tell. */
function waitOf(
  { marks, lastMs, bounds }: IndexedHistory,
  attempts: readonly Operation[],
): number | undefined {
  let [askedMs, answeredMs, gaveUpMs] = [Infinity, Infinity, 0]
  for (const { invokedMs, completedMs, type, isPutOff } of attempts) {
    askedMs = Math.min(askedMs, invokedMs)
    // Who is told to come again later knows no more than before.
    if (type !== 'info' && !isPutOff) answeredMs = Math.min(answeredMs, completedMs)
    const isOpen = completedMs === Infinity
    gaveUpMs = Math.max(gaveUpMs, isOpen ? (marks.get('load-ends')?.atMs ?? lastMs) : completedMs)
  }
  if (answeredMs !== Infinity) return answeredMs - askedMs
  const waitedMs = gaveUpMs - askedMs
  return waitedMs > bounds.answerMs ? waitedMs : undefined
}
