import type { IndexedHistory, Note, Reader, Room, Track } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'
import { streamOf } from './stream-of.ts'

/** So long after a fault that may have kept the log from being read, the end of a stream is not looked at. */
const AFTER_FAULT_MS = 10_000

interface Place {
  readonly seq: number
  readonly line: number
}

/** Whoever is told that they are out of a room that they follow was handed all that was said while they were in it. */
export function partedInPlace(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  for (const room of history.rooms.values()) {
    for (const track of room.tracks.values()) {
      // The official client says nothing of when it follows a room, and when it still asks for it.
      const isBare = track.reader.via === 'websocket' || track.reader.via === 'polling'
      if (isBare) lookAtPartings(inquiry, history, room, track)
    }
  }
  return inquiry
}

function lookAtPartings(inquiry: Inquiry, history: IndexedHistory, room: Room, track: Track): void {
  let place: Place | undefined
  for (const step of streamOf(track)) {
    if (step.kind === 'handed') {
      place = step.handed
      continue
    }
    const { note } = step
    if (note.what === 'removed') {
      if (place !== undefined) lookAtParting(inquiry, { history, room, track }, note, place)
      place = undefined
    } else if (note.what === 'added' && note.seq !== undefined) {
      place = { seq: note.seq, line: note.line }
    } else if (note.what !== 'heads') place = undefined
  }
}

function lookAtParting(
  inquiry: Inquiry,
  { history, room, track }: { history: IndexedHistory; room: Room; track: Track },
  removed: Note,
  place: Place,
): void {
  const { reader } = track
  if (removed.detail !== undefined || !isOneConnection(reader, place.line, removed.line)) return
  const membership = room.memberships
    .of(reader.userId)
    .find(({ joinedSeq, leftSeq }) => joinedSeq <= place.seq + 1 && place.seq < leftSeq)
  if (membership === undefined || membership.leftSeq === Infinity) return
  if (mayBeUnread(history, removed.atMs)) return
  inquiry.looked += 1
  if (place.seq + 1 === membership.leftSeq) return
  const says = (): string =>
    `${reader.id} was told to be out of room ${room.roomId} after it was handed ${place.seq}, and ${reader.userId} left it at ${membership.leftSeq}`
  inquiry.report([place.line, membership.leftLine, removed.line], says, room.roomId)
}

/** Only who has been there all the time since follows the room. */
const isOneConnection = ({ connections }: Reader, from: number, to: number): boolean =>
  connections.every(({ line }) => line < from || line > to)

/** News may be late at any time, with Redis gone too: only without the log itself nobody can tell what was missed. */
function mayBeUnread({ faults }: IndexedHistory, atMs: number): boolean {
  return faults.some(({ name, target, startedMs, endedMs }) => {
    const isOfNews = name.startsWith('redis') || target === 'redis' || target.endsWith('>redis')
    return !isOfNews && startedMs <= atMs && (endedMs ?? Infinity) + AFTER_FAULT_MS >= atMs
  })
}
