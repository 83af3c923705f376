import type { Delivered, IndexedHistory, Room, Track } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** When all is quiet, catching up shows all that a member may see, up to the head. */
export function finalReads({ rooms, bounds, marks }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  const quietMs = marks.get('quiet')?.atMs ?? Infinity
  for (const room of rooms.values()) {
    for (const track of room.tracks.values()) {
      lookForNothing(inquiry, room, track, quietMs)
      for (const span of finalSpans(track)) lookAtEnds(inquiry, room, track, span)
    }
  }
  return inquiry
}

/** Who begins to ask when all is quiet is answered something, where there is anything. */
function lookForNothing(
  inquiry: Inquiry,
  { roomId, log, state }: Room,
  { reader, notes, deliveries }: Track,
  quietMs: number,
): void {
  const begun = notes.find(({ what }) => what === 'starts')
  const isOver = reader.via !== 'http' || deliveries.length > 0
  if (isOver || begun?.seq === undefined || begun.atMs < quietMs || log.head === undefined) return
  inquiry.looked += 1
  if (begun.seq >= log.head) return
  const says = (): string =>
    `${reader.id} was answered nothing of room ${roomId} after ${begun.seq} when all was quiet, and its head is ${log.head}`
  inquiry.report([begun.line, state?.line], says, roomId)
}

interface Span {
  readonly first: Delivered
  last: Delivered
}

function finalSpans({ deliveries }: Track): Span[] {
  const spans = new Map<number, Span>()
  for (const handed of deliveries) {
    if (handed.by !== 'final') continue
    const span = spans.get(handed.span)
    if (span === undefined) spans.set(handed.span, { first: handed, last: handed })
    else span.last = handed
  }
  return [...spans.values()]
}

function lookAtEnds(inquiry: Inquiry, room: Room, { reader }: Track, { first, last }: Span): void {
  const { roomId, log, state } = room
  const membership = room.memberships.of(reader.userId).at(-1)
  // Whether who was removed may read at all is another question.
  if (log.head === undefined || (membership !== undefined && membership.leftSeq !== Infinity))
    return
  inquiry.looked += 1
  if (last.seq < log.head) {
    const says = (): string =>
      `${reader.id} read room ${roomId} up to ${last.seq} when all was quiet, and its head is ${log.head}`
    inquiry.report([last.line, state?.line ?? log.entries.at(-1)?.line], says, roomId)
  }
  if (membership === undefined || first.seq <= membership.visibleFrom) return
  const says = (): string =>
    `${reader.id} read room ${roomId} from ${first.seq} on, and may see it from ${membership.visibleFrom} on`
  inquiry.report([membership.joinedLine, first.line], says, roomId)
}
