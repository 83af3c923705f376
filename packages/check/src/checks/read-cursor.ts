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
 * By time: an answer is held to the furthest that was acknowledged before it was asked for. `set` may go back,
 * at any moment while it is under way, and one whose outcome nobody knows at any time after it: but never behind
 * what it asks for. So the floor sinks to that, and rises again with what is answered.
 */
function followMoves(inquiry: Inquiry, room: Room, moves: readonly Operation[]): Floor | undefined {
  const steps = moves.flatMap((move) => [
    { atMs: move.invokedMs, isAnswer: false, move },
    ...(move.type === 'ok' ? [{ atMs: move.completedMs, isAnswer: true, move }] : []),
  ])
  // What happens in the same moment counts as at the same time: questions first.
  steps.sort((a, b) => a.atMs - b.atMs || Number(a.isAnswer) - Number(b.isAnswer))
  let floor: Floor | undefined
  const open = new Map<Operation, number>()
  const underWay = new Map<Operation, Under>()
  for (const { isAnswer, move } of steps) {
    if (!isAnswer) {
      const set = move.mode === 'set' && move.type !== 'fail' ? aimOf(move) : undefined
      // Whatever is under way beside it may come before it or after it.
      if (set !== undefined) for (const other of underWay.values()) sink(other, set)
      if (move.type === 'ok') underWay.set(move, { floor, lowest: Math.min(...open.values()) })
      if (set === undefined) continue
      open.set(move, set)
      floor = sunk(floor, set)
      const own = underWay.get(move)
      if (own !== undefined) own.floor = floor
      continue
    }
    const { readSeq } = move.result
    const under = underWay.get(move)
    underWay.delete(move)
    open.delete(move)
    if (typeof readSeq !== 'number' || under === undefined) continue
    if (under.floor !== undefined) {
      inquiry.looked += 1
      if (readSeq < under.floor.seq) reportBack(inquiry, room, move, readSeq, under.floor)
    }
    const firm = Math.min(readSeq, under.lowest)
    if (firm > (floor?.seq ?? -1)) floor = { seq: firm, line: move.line }
  }
  return floor
}

/** What a move is held to while it is under way. */
interface Under {
  floor: Floor | undefined
  /** The lowest that a `set` beside it asks for. */
  lowest: number
}

const aimOf = ({ value }: Operation): number => (typeof value === 'number' ? value : 0)

const sunk = (floor: Floor | undefined, seq: number): Floor | undefined =>
  floor === undefined || floor.seq <= seq ? floor : { ...floor, seq }

function sink(under: Under, seq: number): void {
  under.floor = sunk(under.floor, seq)
  under.lowest = Math.min(under.lowest, seq)
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
