import type { CommitTimes } from './commit-times.ts'
import type { IndexedHistory, LogEntry, Operation, Room } from './indexed-history.ts'
import { endedBy, ENDINGS, type Membership } from './memberships.ts'
import { Inquiry, type Answer } from './question.ts'

/** What the event at the `seq` of such an answer may be. */
const TYPES: ReadonlySet<string> = new Set(['member:joined', 'member:left', 'moderation:acted'])

/**
 * Whoever was told that somebody came or went finds it in the log: at the `seq` that was named, and so that
 * at some moment between question and answer it was as they were told. Who was in or out before stays so.
 */
export function membersStand({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    for (const operation of room.operations) {
      const isEnding = ENDINGS.has(operation.op)
      if (operation.type !== 'ok' || (!isEnding && operation.op !== 'join')) continue
      const entry = lookAtSeq(inquiry, room, operation)
      if (entry !== 'wrong' && room.memberships.isComplete)
        lookAtState(inquiry, room, operation, isEnding)
    }
  }
  return inquiry
}

function lookAtSeq(
  inquiry: Inquiry,
  { log, roomId }: Room,
  { seq, op, process, line }: Operation,
): LogEntry | 'wrong' | undefined {
  if (seq === undefined || seq < log.knownFrom) return undefined
  inquiry.looked += 1
  const entry = log.bySeq.get(seq)
  if (entry !== undefined && TYPES.has(entry.facts.type)) return entry
  const there = entry === undefined ? 'nothing' : `a ${entry.facts.type}`
  const says = (): string =>
    `${op} of ${process} was acknowledged as ${seq} of room ${roomId}, and ${there} is there`
  inquiry.report([line, entry?.line], says, roomId)
  return 'wrong'
}

function lookAtState(
  inquiry: Inquiry,
  { memberships, committed, roomId }: Room,
  asked: Operation,
  isEnding: boolean,
): void {
  const userId = isEnding ? endedBy(asked) : asked.userId
  const known = memberships.of(userId)
  inquiry.looked += 1
  const isSo = isEnding ? mayBeOut(known, committed, asked) : mayBeIn(known, committed, asked)
  if (isSo) return
  const last = known.at(-1)
  const says = (): string =>
    `${asked.op} of ${asked.process} was acknowledged, and ${userId} is ${isEnding ? 'still in' : 'not in'} room ${roomId}`
  inquiry.report([asked.line, isEnding ? last?.joinedLine : last?.leftLine], says, roomId)
}

const mayBeIn = (
  known: readonly Membership[],
  times: CommitTimes,
  { invokedMs, completedMs }: Operation,
): boolean =>
  known.some(
    ({ joinedSeq, overByMs }) => times.earliest(joinedSeq) <= completedMs && overByMs >= invokedMs,
  )

/** Between two memberships, before the first or after the last. */
function mayBeOut(
  known: readonly Membership[],
  times: CommitTimes,
  { invokedMs, completedMs }: Operation,
): boolean {
  let outSinceMs = -Infinity
  for (const { joinedSeq, leftSeq } of known) {
    if (outSinceMs <= completedMs && times.latest(joinedSeq) >= invokedMs) return true
    outSinceMs = leftSeq === Infinity ? Infinity : times.earliest(leftSeq)
  }
  return outSinceMs <= completedMs
}
