import { endOf, isPushedTo, lastConnection } from './connections.ts'
import type { IndexedHistory, Note, Room, Track } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'
import { streamOf } from './stream-of.ts'

/** While all is well, a connected reader has within the bound what was said, and the head at the end. */
export function catchUp(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  const { wellFromMs, rooms } = history
  if (wellFromMs !== undefined) {
    for (const room of rooms.values()) {
      for (const track of room.tracks.values()) {
        const bound = { fromMs: wellFromMs, history, room, track, inquiry }
        findLate(bound)
        findBehind(bound)
      }
    }
  }
  lookAtHeads(inquiry, history)
  return inquiry
}

interface Bound {
  readonly fromMs: number
  readonly history: IndexedHistory
  readonly room: Room
  readonly track: Track
  readonly inquiry: Inquiry
}

/** The last moment at or before another at which something may have had to begin anew. */
function lastBefore(notes: readonly Note[], atMs: number): number {
  let last = -Infinity
  for (const note of notes) {
    if (note.what !== 'heads' && note.atMs <= atMs) last = Math.max(last, note.atMs)
  }
  return last
}

function findLate({ fromMs, history, room, track, inquiry }: Bound): void {
  const { reader } = track
  if (!isPushedTo(reader)) return
  const begun = reader.connections.toSorted((a, b) => a.atMs - b.atMs)
  let [at, sinceMs] = [0, fromMs]
  for (const step of streamOf(track)) {
    if (step.kind === 'note') {
      if (step.note.what !== 'heads') sinceMs = Math.max(sinceMs, step.note.atMs)
      continue
    }
    const { seq, atMs, line } = step.handed
    for (; (begun[at]?.atMs ?? Infinity) <= atMs; at += 1) {
      sinceMs = Math.max(sinceMs, begun[at]?.atMs ?? 0)
    }
    if (atMs < fromMs) continue
    inquiry.looked += 1
    const saidMs = room.committed.latest(seq)
    const lateMs = atMs - Math.max(saidMs, sinceMs) - history.bounds.catchUpMs
    if (lateMs <= 0) continue
    const says = (): string =>
      `${reader.id} was handed ${seq} of room ${room.roomId} ${Math.round(lateMs)} ms later than promised`
    inquiry.report([acknowledgement(room, seq), line], says, room.roomId)
  }
}

/** Who said, by when it was known to be committed. */
function acknowledgement(room: Room, seq: number): number | undefined {
  const atMs = room.committed.latest(seq)
  return room.operations.find((one) => one.completedMs === atMs && one.type === 'ok')?.line
}

function findBehind({ fromMs, history, room, track, inquiry }: Bound): void {
  const { reader } = track
  // Who asks for pages has no stream: their heads and final reads are looked at.
  if (reader.via === 'http') return
  const { log, roomId } = room
  const membership = room.memberships.of(reader.userId).at(-1)
  if (log.head === undefined || membership === undefined || membership.leftSeq !== Infinity) return
  let [seq, line, isIn] = [0, 0, false]
  for (const step of streamOf(track)) {
    if (step.kind === 'handed') [seq, line, isIn] = [step.handed.seq, step.handed.line, true]
    else if (step.note.what === 'removed') isIn = false
    else if (step.note.what !== 'heads' && step.note.seq !== undefined) {
      ;[seq, line, isIn] = [step.note.seq, step.note.line, true]
    }
  }
  if (!isIn) return
  const { fromMs: sinceMs, untilMs } = lastConnection(reader, endOf(history))
  const started = Math.max(sinceMs, lastBefore(track.notes, untilMs))
  const saidMs = room.committed.latest(log.head)
  // What nobody has the answer to and nobody saw was said before the load ended.
  const known = Number.isFinite(saidMs)
    ? saidMs
    : (history.marks.get('load-ends')?.atMs ?? Infinity)
  const dueMs = Math.max(fromMs, started, known) + history.bounds.catchUpMs
  if (seq < log.head && untilMs < dueMs) return
  inquiry.looked += 1
  if (seq >= log.head) return
  const missing = log.bySeq.get(seq + 1)
  const says = (): string =>
    `${reader.id} has room ${roomId} up to ${seq}, and its head is ${log.head}`
  inquiry.report([line, missing?.line ?? room.state?.line], says, roomId)
}

/** What readers were told of heads, and what they say that they have at the end. */
function lookAtHeads(inquiry: Inquiry, history: IndexedHistory): void {
  for (const { what, roomId, subject, value, expected, line } of history.observations) {
    if (what !== 'head' || expected === undefined) continue
    inquiry.looked += 1
    if (value === expected) continue
    const says = (): string =>
      `${subject} takes ${JSON.stringify(value)} for the head of room ${roomId ?? '?'}, and it is ${JSON.stringify(expected)}`
    inquiry.report([line], says, roomId)
  }
  for (const room of history.rooms.values()) {
    const dueMs = dueOf(history, room)
    for (const track of room.tracks.values()) lookAtEnd(inquiry, room, track, dueMs)
  }
}

/** By then everybody has the head: when all is quiet, or in time after it was said. */
function dueOf({ marks, wellFromMs = Infinity, bounds }: IndexedHistory, room: Room): number {
  const quietMs = marks.get('quiet')?.atMs ?? Infinity
  if (room.log.head === undefined) return quietMs
  const saidMs = room.committed.latest(room.log.head)
  return Math.min(quietMs, Math.max(wellFromMs, saidMs) + bounds.catchUpMs)
}

function lookAtEnd(
  inquiry: Inquiry,
  { log, state, memberships, roomId }: Room,
  { reader, notes }: Track,
  dueMs: number,
): void {
  const last = notes.findLast(({ what }) => what === 'heads')
  const membership = memberships.of(reader.userId).at(-1)
  if (last?.seq === undefined || last.atMs < dueMs || log.head === undefined) return
  if (membership === undefined) return
  const isMember = membership.leftSeq === Infinity
  inquiry.looked += 1
  if (isMember && last.seq === log.head) return
  const says = (): string =>
    isMember
      ? `${reader.id} ends at ${last.seq} of room ${roomId}, and its head is ${log.head}`
      : `${reader.id} still reads room ${roomId}, which ${reader.userId} has left`
  inquiry.report([isMember ? state?.line : membership.leftLine, last.line], says, roomId)
}
