import { groupBy } from './group-by.ts'
import type { IndexedHistory, Operation, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** A cursor that was set back is moved by nothing but what was under way then, or is asked for since. */
export function cursorSetBack(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  for (const room of history.rooms.values()) {
    const reads = room.operations.filter(({ op }) => op === 'read')
    for (const [userId, moves] of groupBy(reads, (operation) => operation.userId)) {
      if (!mayBeElsewhere(room, userId)) followMoves(inquiry, room, moves)
    }
  }
  return inquiry
}

/** Who comes in again has read what was said before. */
const mayBeElsewhere = ({ memberships }: Room, userId: string): boolean =>
  !memberships.isComplete || memberships.of(userId).length !== 1

interface Ceiling {
  /** The furthest that the cursor may be: unknown until it is set. */
  seq: number
  line: number
}

/** Of a move that is under way. */
interface Under {
  /** The furthest that is asked for by it, or by another at the same time. */
  beside: number
  /** The highest ceiling since it was asked for: its answer may be of any moment of that time. */
  ceiling: number
}

function followMoves(inquiry: Inquiry, room: Room, moves: readonly Operation[]): void {
  const steps = moves.flatMap((move) => [
    { atMs: move.invokedMs, isAnswer: false, move },
    ...(move.completedMs < Infinity ? [{ atMs: move.completedMs, isAnswer: true, move }] : []),
  ])
  // What happens in the same moment counts as at the same time: questions first.
  steps.sort((a, b) => a.atMs - b.atMs || Number(a.isAnswer) - Number(b.isAnswer))
  const ceiling: Ceiling = { seq: Infinity, line: 0 }
  const underWay = new Map<Operation, Under>()
  /** Asked for by what may be done at any time. */
  let doubtful = 0
  for (const { isAnswer, move } of steps) {
    if (!isAnswer) {
      const aim = aimOf(move)
      ceiling.seq = Math.max(ceiling.seq, aim)
      const own = { beside: aim, ceiling: ceiling.seq }
      for (const [other, under] of underWay) {
        own.beside = Math.max(own.beside, aimOf(other))
        under.beside = Math.max(under.beside, aim)
        under.ceiling = Math.max(under.ceiling, ceiling.seq)
      }
      underWay.set(move, own)
      continue
    }
    const under = underWay.get(move)
    underWay.delete(move)
    // What was refused may have been asked for before, without an answer.
    if (move.type !== 'ok') {
      doubtful = Math.max(doubtful, aimOf(move))
      continue
    }
    const { readSeq } = move.result
    if (typeof readSeq !== 'number' || under === undefined) continue
    look(inquiry, room, move, readSeq, { ...ceiling, seq: under.ceiling })
    const since = Math.max(under.beside, doubtful)
    if (move.mode !== 'set' || since >= ceiling.seq) continue
    ceiling.seq = since
    ceiling.line = move.line
  }
  compareWithEnd(inquiry, room, moves[0]?.userId ?? '', ceiling)
}

const aimOf = ({ value }: Operation): number => (typeof value === 'number' ? value : Infinity)

function look(
  inquiry: Inquiry,
  { roomId }: Room,
  { process, userId, line }: Operation,
  readSeq: number,
  ceiling: Ceiling,
): void {
  if (ceiling.seq === Infinity) return
  inquiry.looked += 1
  if (readSeq <= ceiling.seq) return
  const says = (): string =>
    `${process} was told that ${userId} has read room ${roomId} up to ${readSeq}, and nobody has moved it beyond ${ceiling.seq} since it was set back`
  inquiry.report([ceiling.line, line], says, roomId)
}

function compareWithEnd(inquiry: Inquiry, room: Room, userId: string, ceiling: Ceiling): void {
  const { state, roomId } = room
  const member = state?.members.find((one) => one.userId === userId)
  if (state === undefined || member === undefined || ceiling.seq === Infinity) return
  inquiry.looked += 1
  if (member.readSeq <= ceiling.seq) return
  const says = (): string =>
    `${userId} has set room ${roomId} back, nobody has moved it beyond ${ceiling.seq} since, and the row says ${member.readSeq}`
  inquiry.report([ceiling.line, state.line], says, roomId)
}
