import type { IndexedHistory, Operation } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** A command as its sender sees it, over all its attempts. */
interface Sent {
  readonly seq: number
  readonly askedMs: number
  readonly answeredMs: number
  readonly line: number
  /** It went one way, once, on which nothing overtakes what went before. */
  readonly isInOrder: boolean
}

/** Each of them does it in the order in which it is asked. HTTP requests at the same time have none. */
const IN_ORDER: ReadonlySet<Operation['via']> = new Set(['websocket', 'polling', 'sdk'])

/**
 * What one device sent after it had the answer to something else stands behind it in the log. So does what
 * went the same way later, without waiting for any answer.
 */
export function sendOrder({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const { roomId, keyed } of rooms.values()) {
    for (const [process, sent] of byProcess(keyed.values())) {
      findOvertaken(inquiry, sent, (one, before) => {
        const says = (): string =>
          `${process} had the answer ${before.seq} before it asked for what is ${one.seq} of room ${roomId}`
        inquiry.report([before.line, one.line], says, roomId)
      })
      findTurned(inquiry, sent, (one, before) => {
        const says = (): string =>
          `${process} sent what is ${before.seq} of room ${roomId} before what is ${one.seq}`
        inquiry.report([before.line, one.line], says, roomId)
      })
    }
  }
  return inquiry
}

function byProcess(keyed: Iterable<readonly Operation[]>): Map<string, Sent[]> {
  const sent = new Map<string, Sent[]>()
  for (const attempts of keyed) {
    const one = toSent(attempts)
    const [first] = attempts
    if (one === undefined || first === undefined) continue
    const list = sent.get(first.process)
    if (list === undefined) sent.set(first.process, [one])
    else list.push(one)
  }
  return sent
}

function toSent(attempts: readonly Operation[]): Sent | undefined {
  let [askedMs, answeredMs] = [Infinity, Infinity]
  let answer: Operation | undefined
  for (const attempt of attempts) {
    askedMs = Math.min(askedMs, attempt.invokedMs)
    if (attempt.type !== 'ok' || attempt.seq === undefined) continue
    if (attempt.completedMs < answeredMs) [answer, answeredMs] = [attempt, attempt.completedMs]
  }
  // A repetition whose first attempt nobody wrote down may be older than it looks.
  const isWhole = attempts.some(({ attempt }) => attempt === 0)
  if (answer?.seq === undefined || (answer.dup && !isWhole)) return undefined
  const isInOrder = attempts.length === 1 && IN_ORDER.has(answer.via) && !answer.dup
  return { seq: answer.seq, askedMs, answeredMs, line: answer.line, isInOrder }
}

/** Without waiting: those that waited are looked at above. */
function findTurned(
  inquiry: Inquiry,
  sent: readonly Sent[],
  report: (one: Sent, before: Sent) => void,
): void {
  const asked = sent.filter(({ isInOrder }) => isInOrder).toSorted((a, b) => a.askedMs - b.askedMs)
  let furthest: Sent | undefined
  for (const one of asked) {
    const isBeside = furthest !== undefined && furthest.answeredMs >= one.askedMs
    if (isBeside && furthest !== undefined && furthest.askedMs < one.askedMs) {
      inquiry.looked += 1
      if (one.seq < furthest.seq) report(one, furthest)
    }
    if (furthest === undefined || one.seq > furthest.seq) furthest = one
  }
}

function findOvertaken(
  inquiry: Inquiry,
  sent: readonly Sent[],
  report: (one: Sent, before: Sent) => void,
): void {
  const asked = sent.toSorted((a, b) => a.askedMs - b.askedMs)
  const answered = sent.toSorted((a, b) => a.answeredMs - b.answeredMs)
  let furthest: Sent | undefined
  let at = 0
  for (const one of asked) {
    for (; (answered[at]?.answeredMs ?? Infinity) < one.askedMs; at += 1) {
      const before = answered[at]
      if (before !== undefined && before.seq > (furthest?.seq ?? 0)) furthest = before
    }
    if (furthest === undefined) continue
    inquiry.looked += 1
    if (one.seq <= furthest.seq) report(one, furthest)
  }
}
