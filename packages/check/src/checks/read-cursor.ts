import type { IndexedHistory, Operation, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'
import { groupBy } from './group-by.ts'
import { isStill } from './still-there.ts'

interface Floor {
  readonly seq: number
  readonly line: number
}

/** A cursor that was moved forward never goes back, on no device, and is one value at the end. */
export function readCursor(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  for (const room of history.rooms.values()) {
    const reads = room.operations.filter(({ op }) => op === 'read')
    for (const [userId, moves] of groupBy(reads, (operation) => operation.userId)) {
      const floor = followMoves(inquiry, room, moves)
      if (floor !== undefined) compareWithEnd(inquiry, room, userId, floor)
    }
  }
  compareObserved(inquiry, history)
  return inquiry
}

/**
 * By time: an answer is held to the furthest that was acknowledged before it was asked for. `set` may go
 * back, so it begins anew; one whose outcome nobody knows may do so at any time after it. Of two that were
 * under way together, nobody knows which was the last.
 */
function followMoves(inquiry: Inquiry, room: Room, moves: readonly Operation[]): Floor | undefined {
  const steps = moves.flatMap((move) => [
    { atMs: move.invokedMs, isAnswer: false, move },
    ...(move.type === 'ok' ? [{ atMs: move.completedMs, isAnswer: true, move }] : []),
  ])
  // What happens in the same moment counts as at the same time: questions first.
  steps.sort((a, b) => a.atMs - b.atMs || Number(a.isAnswer) - Number(b.isAnswer))
  let floor: Floor | undefined
  const open = new Set<Operation>()
  let alone: Operation | undefined
  const held = new Map<Operation, Floor | undefined>()
  for (const { isAnswer, move } of steps) {
    const isSet = move.mode === 'set'
    if (!isAnswer) {
      if (isSet && move.type !== 'fail') {
        alone = open.size === 0 ? move : undefined
        open.add(move)
        floor = undefined
        held.clear()
      } else held.set(move, floor)
      continue
    }
    const { readSeq } = move.result
    if (typeof readSeq !== 'number') continue
    inquiry.looked += 1
    const before = held.get(move)
    if (before !== undefined && readSeq < before.seq)
      reportBack(inquiry, room, move, readSeq, before)
    const isFirm = isSet ? open.delete(move) && move === alone : held.has(move)
    // Whatever was under way beside a `set` may have come before it.
    if (isSet) held.clear()
    if (!isFirm || open.size > 0) continue
    if (readSeq > (floor?.seq ?? -1)) floor = { seq: readSeq, line: move.line }
  }
  return floor
}

function reportBack(
  inquiry: Inquiry,
  { roomId }: Room,
  move: Operation,
  readSeq: number,
  before: Floor,
): void {
  const says = (): string =>
    `${move.process} was told that ${move.userId} has read room ${roomId} up to ${readSeq}, after ${before.seq}`
  inquiry.report([before.line, move.line], says, roomId)
}

function compareWithEnd(inquiry: Inquiry, room: Room, userId: string, floor: Floor): void {
  const { state, roomId } = room
  const member = state?.members.find((one) => one.userId === userId)
  if (state === undefined || member === undefined) return
  inquiry.looked += 1
  if (member.readSeq >= floor.seq) return
  const says = (): string =>
    `${userId} has read room ${roomId} up to ${floor.seq}, and the row says ${member.readSeq}`
  inquiry.report([floor.line, state.line], says, roomId)
}

function compareObserved(inquiry: Inquiry, history: IndexedHistory): void {
  for (const observed of history.observations) {
    const { what, subject, roomId, value, expected, observer = 'somebody', line } = observed
    const room = roomId === undefined ? undefined : history.rooms.get(roomId)
    if (what !== 'read-cursor' || room === undefined) continue
    const member = room.state?.members.find(({ userId }) => userId === subject)
    const isEnd = member !== undefined && isStill(history, room, observed)
    const should = expected ?? (isEnd ? member.readSeq : undefined)
    if (should === undefined) continue
    inquiry.looked += 1
    if (value === should) continue
    const says = (): string =>
      `${observer} sees that ${subject} has read room ${room.roomId} up to ${JSON.stringify(value)}, and it is ${JSON.stringify(should)}`
    inquiry.report([line, room.state?.line], says, room.roomId)
  }
}
