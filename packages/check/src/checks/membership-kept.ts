import type { IndexedHistory, MessageRead, Room, Track } from './indexed-history.ts'
import { allows } from './memberships.ts'
import { boundaryOf, canTell } from './membership-bounds.ts'
import { Inquiry, type Answer } from './question.ts'
import { lookAtSearch } from './search-hits.ts'
import { streamOf } from './stream-of.ts'

/** Nobody is handed an event outside what their membership and the room's `history` allow, by any path. */
export function membershipKept({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    for (const track of room.tracks.values()) {
      lookAtTrack(inquiry, room, track)
      lookAfterRemoval(inquiry, room, track)
    }
    for (const operation of room.operations) lookAtSearch(inquiry, room, operation)
    for (const read of room.messageReads) lookAtMessages(inquiry, room, read)
    lookAtSeals(inquiry, room)
    compareMembers(inquiry, room)
  }
  return inquiry
}

function lookAtTrack(inquiry: Inquiry, room: Room, { reader, deliveries }: Track): void {
  const { memberships, committed, roomId } = room
  if (!canTell(room, reader.userId)) return
  const known = memberships.of(reader.userId)
  for (const handed of deliveries) {
    const { seq, by, askedMs, atMs, line } = handed
    inquiry.looked += 1
    const asked = by === 'live' ? undefined : askedMs
    if (allows(known, committed, { seq, askedMs: asked, atMs })) continue
    const says = (): string =>
      `${reader.id} was handed ${seq} of room ${roomId}, which ${reader.userId} may not see`
    inquiry.report([...boundaryOf(room, reader.userId, handed), line], says, roomId)
  }
}

/** What the server itself said is over is over, whatever the log says. */
function lookAfterRemoval(inquiry: Inquiry, { roomId }: Room, track: Track): void {
  let removed: number | undefined
  for (const step of streamOf(track)) {
    if (step.kind === 'note') {
      const { what, line } = step.note
      if (what === 'removed') removed = line
      else if (what !== 'heads') removed = undefined
    } else if (removed !== undefined) {
      const says = (): string =>
        `${track.reader.id} was handed ${step.handed.seq} of room ${roomId} after it was told that it is out`
      inquiry.report([removed, step.handed.line], says, roomId)
    }
  }
}

function lookAtMessages(inquiry: Inquiry, room: Room, read: MessageRead): void {
  const { userId, process, line, invokedMs, completedMs } = read
  if (!canTell(room, userId)) return
  const known = room.memberships.of(userId)
  for (const { seq } of read.messages) {
    inquiry.looked += 1
    if (allows(known, room.committed, { seq, askedMs: invokedMs, atMs: completedMs })) continue
    const says = (): string =>
      `${process} was handed message ${seq} of room ${room.roomId}, which ${userId} may not see`
    const boundary = boundaryOf(room, userId, { seq, askedMs: invokedMs })
    inquiry.report([...boundary, line], says, room.roomId)
    return
  }
}

/** An edit in a room where one does not see what was before may be of a message from before. */
function lookAtSeals(inquiry: Inquiry, { roomId, variants, log }: Room): void {
  for (const [seq, known] of variants) {
    for (const { facts, line, reader } of known) {
      const isSealed = facts.isSealed || (log.bySeq.get(seq)?.facts.isSealed ?? false)
      if (!isSealed) continue
      inquiry.looked += 1
      if (!facts.says) continue
      const says = (): string =>
        `${reader} was handed the words of the sealed edit ${seq} of room ${roomId}`
      inquiry.report([line], says, roomId)
    }
  }
}

/** Who is in the room is what its log says. */
function compareMembers(inquiry: Inquiry, { roomId, state, log, memberships }: Room): void {
  if (state === undefined || !log.isDumped || !memberships.isComplete) return
  const there = new Map(state.members.map((member) => [member.userId, member.joinedSeq]))
  for (const userId of new Set([...there.keys(), ...memberships.userIds()])) {
    inquiry.looked += 1
    const last = memberships.of(userId).at(-1)
    const joinedSeq = last?.leftSeq === Infinity ? last.joinedSeq : undefined
    if (joinedSeq === there.get(userId)) continue
    const says = (): string =>
      `room ${roomId} has ${userId} as a member since ${there.get(userId) ?? 'never'}, and its log since ${joinedSeq ?? 'never'}`
    inquiry.report([last?.joinedLine, last?.leftLine, state.line], says, roomId)
  }
}
