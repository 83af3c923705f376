import type { EventFacts } from './event-facts.ts'
import type { IndexedHistory, LogEntry, Room, Variant } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/**
 * At one `seq` all readers are handed the same, by all paths, and it is what the log has. Two things may
 * differ: what was deleted later is a tombstone, and an edit may be sealed.
 */
export function sameEvents({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    for (const { deliveries } of room.tracks.values()) inquiry.looked += deliveries.length
    for (const [seq, variants] of room.variants) {
      const isFound = room.log.isDumped && compareWithRow(inquiry, room, seq, variants)
      if (!isFound) compareVariants(inquiry, room, seq, variants)
    }
  }
  return inquiry
}

function compareWithRow(
  inquiry: Inquiry,
  { roomId, log }: Room,
  seq: number,
  variants: readonly Variant[],
): boolean {
  const entry = log.bySeq.get(seq)
  for (const { facts, line, reader } of variants) {
    const wrong = entry === undefined ? 'nothing' : fromRow(facts, entry, log.erasedTo)
    if (wrong === undefined) continue
    const says = (): string =>
      `${reader} was handed a ${facts.type} as ${seq} of room ${roomId}, and the log has ${wrong} there`
    inquiry.report([line, entry?.line], says, roomId)
    // One finding a place: the others differ from the row as well, or are as it is.
    return true
  }
  return false
}

/** A row is read last, so a tombstone that anybody saw is one in the row, unless retention hides it. */
function fromRow(
  facts: EventFacts,
  { seq, facts: row }: LogEntry,
  erasedTo: number,
): string | undefined {
  const isBack = facts.form === 'deleted' && row.says && (row.ref ?? seq) > erasedTo
  return isBack ? 'its words' : differenceOf(facts, row)
}

/** What the second is, where the two cannot be the same event. */
function differenceOf(one: EventFacts, other: EventFacts): string | undefined {
  if (one.core !== other.core) {
    return one.type === other.type ? 'another one' : `a ${other.type}`
  }
  const haveBoth = one.envelope !== undefined && other.envelope !== undefined
  if (haveBoth && one.envelope !== other.envelope) return 'one of another time or author'
  const areWhole = one.form === 'whole' && other.form === 'whole'
  return (areWhole || one.form === other.form) && one.body !== other.body
    ? 'another content'
    : undefined
}

function compareVariants(
  inquiry: Inquiry,
  { roomId }: Room,
  seq: number,
  variants: readonly Variant[],
): void {
  for (const [at, one] of variants.entries()) {
    const other = variants
      .slice(0, at)
      .find(({ facts }) => differenceOf(facts, one.facts) !== undefined)
    if (other === undefined) continue
    const says = (): string => {
      const what = differenceOf(other.facts, one.facts) ?? ''
      return `${other.reader} was handed a ${other.facts.type} as ${seq} of room ${roomId}, and ${one.reader} ${what}`
    }
    inquiry.report([other.line, one.line], says, roomId)
    return
  }
}
