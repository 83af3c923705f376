import type { Operation, Room } from './indexed-history.ts'
import { allows } from './memberships.ts'
import { boundaryOf, canTell } from './membership-bounds.ts'
import type { Inquiry } from './question.ts'

/** A hit is a message of the room that was searched, and one that whoever asked may see. */
export function lookAtSearch(inquiry: Inquiry, room: Room, operation: Operation): void {
  const { op, type, result, process, line } = operation
  if (op !== 'search' || type !== 'ok' || !Array.isArray(result['seqs'])) return
  for (const other of Array.isArray(result['roomIds']) ? result['roomIds'] : []) {
    inquiry.looked += 1
    if (other === room.roomId) continue
    const says = (): string =>
      `${process} searched room ${room.roomId}, and found something of room ${String(other)}`
    inquiry.report([line], says, room.roomId)
  }
  for (const seq of result['seqs']) {
    if (typeof seq === 'number') lookAtHit(inquiry, room, operation, seq)
  }
}

function lookAtHit(inquiry: Inquiry, room: Room, operation: Operation, seq: number): void {
  const { userId, process, line, invokedMs, completedMs } = operation
  const { log, roomId } = room
  inquiry.looked += 1
  const entry = log.bySeq.get(seq)
  const isKnown = entry !== undefined || seq >= log.knownFrom
  if (isKnown && entry?.facts.type !== 'message:created') {
    const there = entry === undefined ? 'nothing' : `a ${entry.facts.type}`
    const says = (): string => `${process} found ${seq} of room ${roomId}, and ${there} is there`
    inquiry.report([line, entry?.line], says, roomId)
    return
  }
  if (!canTell(room, userId)) return
  const known = room.memberships.of(userId)
  if (allows(known, room.committed, { seq, askedMs: invokedMs, atMs: completedMs })) return
  const says = (): string =>
    `${process} found ${seq} of room ${roomId}, which ${userId} may not see`
  const boundary = boundaryOf(room, userId, { seq, askedMs: invokedMs })
  inquiry.report([...boundary, line], says, roomId)
}
