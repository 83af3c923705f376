import type { IndexedHistory, Note, Observation, Room, Track } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'
import { isStream, streamOf } from './stream-of.ts'

/** Every reader is handed increasing `seq`, each once, none skipped, from where it was told to begin. */
export function readerOrder({ rooms, observations, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const observed of observations) lookAtCounts(inquiry, observed)
  for (const room of rooms.values()) {
    for (const track of room.tracks.values()) {
      followStream(inquiry, room, track)
      followReads(inquiry, room, track)
    }
  }
  return inquiry
}

interface Place {
  readonly seq: number
  readonly line: number
}

function compare(
  inquiry: Inquiry,
  { roomId }: Room,
  reader: string,
  at: Place,
  before: Place,
): void {
  inquiry.looked += 1
  if (at.seq === before.seq + 1) return
  const says = (): string =>
    at.seq === before.seq
      ? `${reader} was handed ${at.seq} of room ${roomId} twice`
      : `${reader} was handed ${at.seq} after ${before.seq} of room ${roomId}`
  inquiry.report([before.line, at.line], says, roomId)
}

/**
 * Pushed events and answers of `sync` are one stream. It is moved by a `starts` or a `reset`, and by an
 * `added` if it is another membership that begins.
 */
function followStream(inquiry: Inquiry, room: Room, track: Track): void {
  let place: Place | undefined
  for (const step of streamOf(track)) {
    if (step.kind === 'note') {
      const { what, seq, line } = step.note
      if (what === 'added' && place !== undefined)
        lookAtAdded(inquiry, room, track, step.note, place)
      if (what === 'removed') place = undefined
      else if (what !== 'heads' && seq !== undefined) place = { seq, line }
      continue
    }
    const { handed } = step
    if (place === undefined) inquiry.looked += 1
    else compare(inquiry, room, track.reader.id, handed, place)
    place = handed
  }
}

/** What it leaves out must be what was said before they came, or came again. */
function lookAtAdded(
  inquiry: Inquiry,
  { roomId, memberships }: Room,
  { reader }: Track,
  { seq = 0, line }: Note,
  place: Place,
): void {
  if (seq <= place.seq) return
  const known = memberships.of(reader.userId)
  if (known.length === 0 && !memberships.isComplete) return
  inquiry.looked += 1
  if (known.some(({ joinedSeq }) => joinedSeq > place.seq && joinedSeq <= seq + 1)) return
  const says = (): string =>
    `${reader.id} was told to go on after ${seq} of room ${roomId}, in which it was at ${place.seq} and has not come into it since`
  inquiry.report([place.line, line], says, roomId)
}

/** Pages and final reads: each span is one range. */
function followReads(inquiry: Inquiry, room: Room, track: Track): void {
  const places = new Map<string, Place>()
  for (const handed of track.deliveries) {
    if (isStream(handed)) continue
    const span = `${handed.by} ${handed.span}`
    const place = places.get(span)
    if (place === undefined) inquiry.looked += 1
    else compare(inquiry, room, track.reader.id, handed, place)
    places.set(span, handed)
  }
}

/** What the official client has counted against its own stream. */
function lookAtCounts(inquiry: Inquiry, { what, subject, value, line }: Observation): void {
  if (what !== 'guarantees' || typeof value !== 'object') return
  inquiry.looked += 1
  const { gaps = 0, doubles = 0, regressions = 0 } = value
  if ([gaps, doubles, regressions].every((count) => count === 0)) return
  inquiry.report(
    [line],
    () => `${subject} counted ${JSON.stringify({ gaps, doubles, regressions })}`,
  )
}
