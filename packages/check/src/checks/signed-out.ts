import type { Delivered, IndexedHistory, Operation } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/**
 * Nothing is accepted from a session, or handed to it, soon after its end was acknowledged. Evidence is what was
 * asked or handed over after that: a session of which nothing more is seen proves nothing.
 */
export function signedOut(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  const ends = new Map<string, Operation>()
  for (const [process, operations] of history.processes) {
    const end = firstEnd(operations)
    if (end === undefined) continue
    ends.set(process, end)
    const byMs = boundOf(history, end)
    for (const { op, type, invokedMs, line, roomId } of operations) {
      if (op === 'sign-out' || invokedMs <= byMs) continue
      inquiry.looked += 1
      if (type !== 'ok') continue
      const says = (): string => `${op} of ${process} was accepted after it had signed out`
      inquiry.report([end.line, line], says, roomId)
    }
  }
  lookAtDeliveries(inquiry, history, ends)
  return inquiry
}

const firstEnd = (operations: readonly Operation[]): Operation | undefined => {
  let first: Operation | undefined
  for (const one of operations) {
    if (one.op !== 'sign-out' || one.type !== 'ok') continue
    if (first === undefined || one.completedMs < first.completedMs) first = one
  }
  return first
}

/** Where something is broken, the news of it may be lost: then the next comparison finds it. */
function boundOf({ faults, bounds }: IndexedHistory, { completedMs }: Operation): number {
  const { signOutMs, headsIntervalMs } = bounds
  const longest = signOutMs + 1.1 * headsIntervalMs
  const broken = faults.filter(
    ({ startedMs, endedMs }) =>
      startedMs <= completedMs + signOutMs &&
      (endedMs ?? Infinity) + 2 * headsIntervalMs >= completedMs,
  )
  if (broken.length === 0) return completedMs + signOutMs
  // While it is, the comparison may fail too.
  const healedMs = Math.max(...broken.map(({ endedMs }) => endedMs ?? Infinity))
  return Math.max(completedMs, healedMs) + longest
}

function lookAtDeliveries(
  inquiry: Inquiry,
  history: IndexedHistory,
  ends: ReadonlyMap<string, Operation>,
): void {
  if (ends.size === 0) return
  for (const { roomId, tracks } of history.rooms.values()) {
    for (const [reader, { deliveries }] of tracks) {
      const end = ends.get(reader)
      if (end === undefined) continue
      const byMs = boundOf(history, end)
      const isLate = ({ by, atMs, askedMs }: Delivered): boolean =>
        (by === 'live' ? atMs : (askedMs ?? atMs)) > byMs
      const first = deliveries.find(isLate)
      if (first === undefined) continue
      inquiry.looked += 1
      const says = (): string =>
        `${reader} was handed ${first.seq} of room ${roomId} after it had signed out`
      inquiry.report([end.line, first.line], says, roomId)
    }
  }
}
