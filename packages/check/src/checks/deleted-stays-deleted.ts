import { deletionSigns, messageOf, type DeletionSign } from './deletion-signs.ts'
import type {
  Delivered,
  IndexedHistory,
  MessageRead,
  Operation,
  Room,
  Track,
} from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** Once a message is deleted, whoever asks after that is not told what it said, by any path. */
export function deletedStaysDeleted(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  for (const room of history.rooms.values()) {
    const signs = deletionSigns(room)
    for (const track of room.tracks.values()) {
      lookAtReads(inquiry, room, track, signs, history.marks.get('quiet')?.atMs)
      lookAtOrder(inquiry, room, track)
    }
    for (const operation of room.operations) lookAtSearch(inquiry, room, operation, signs)
    for (const read of room.messageReads) lookAtMessages(inquiry, room, read, signs)
    lookAtRows(inquiry, room)
  }
  return inquiry
}

function lookAtReads(
  inquiry: Inquiry,
  { roomId }: Room,
  { deliveries, reader }: Track,
  signs: ReadonlyMap<number, DeletionSign>,
  quietMs: number | undefined,
): void {
  for (const { seq, by, askedMs, line, variant } of deliveries) {
    const { facts } = variant
    if (facts.form === 'deleted' && facts.says) {
      inquiry.looked += 1
      inquiry.report(
        [line],
        () => `${reader.id} was handed a tombstone with words at ${seq} of room ${roomId}`,
        roomId,
      )
      continue
    }
    const asked = askedMs ?? (by === 'final' ? quietMs : undefined)
    const sign = signs.get(messageOf(seq, facts))
    if (asked === undefined || by === 'live' || sign === undefined) continue
    if (sign.atMs >= asked) continue
    inquiry.looked += 1
    if (!facts.says) continue
    const says = (): string =>
      `${reader.id} asked for ${seq} of room ${roomId} after that was deleted, and was handed its words`
    inquiry.report([sign.line, line], says, roomId)
  }
}

/** Whoever has been handed the tombstone, and does not say when it asked, asks for one thing at a time. */
function lookAtOrder(inquiry: Inquiry, { roomId }: Room, { deliveries, reader }: Track): void {
  const tombstones = new Map<number, Delivered>()
  for (const handed of deliveries) {
    const { seq, variant, askedMs, line, by } = handed
    const known = tombstones.get(seq)
    if (variant.facts.form === 'deleted') {
      if (known === undefined) tombstones.set(seq, handed)
    } else if (
      known !== undefined &&
      variant.facts.says &&
      (askedMs === undefined || by === 'live')
    ) {
      inquiry.looked += 1
      const says = (): string =>
        `${reader.id} was handed the tombstone of ${seq} of room ${roomId}, and then its words`
      inquiry.report([known.line, line], says, roomId)
    }
  }
}

function lookAtSearch(
  inquiry: Inquiry,
  { roomId }: Room,
  { op, type, result, invokedMs, line, process }: Operation,
  signs: ReadonlyMap<number, DeletionSign>,
): void {
  if (op !== 'search' || type !== 'ok' || !Array.isArray(result['seqs'])) return
  for (const seq of result['seqs']) {
    const sign = typeof seq === 'number' ? signs.get(seq) : undefined
    inquiry.looked += 1
    if (sign === undefined || sign.atMs >= invokedMs) continue
    const says = (): string =>
      `${process} found ${String(seq)} of room ${roomId} after that was deleted`
    inquiry.report([sign.line, line], says, roomId)
  }
}

function lookAtMessages(
  inquiry: Inquiry,
  { roomId }: Room,
  { process, line, invokedMs, messages }: MessageRead,
  signs: ReadonlyMap<number, DeletionSign>,
): void {
  for (const { seq, text } of messages) {
    const sign = signs.get(seq)
    if (sign === undefined || sign.atMs >= invokedMs) continue
    inquiry.looked += 1
    if (text === undefined) continue
    const says = (): string =>
      `${process} asked for the messages of room ${roomId} after ${seq} was deleted, and was handed its words`
    inquiry.report([sign.line, line], says, roomId)
  }
}

function lookAtRows(inquiry: Inquiry, { roomId, log }: Room): void {
  if (!log.isDumped) return
  const deleted = new Map<number, number>()
  for (const { facts, line } of log.entries) {
    if (facts.type === 'message:deleted' && facts.ref !== undefined) deleted.set(facts.ref, line)
  }
  for (const { seq, facts, line } of log.entries) {
    const by = deleted.get(messageOf(seq, facts))
    if (by === undefined || facts.type === 'message:deleted') continue
    inquiry.looked += 1
    if (!facts.says) continue
    const says = (): string =>
      `${messageOf(seq, facts)} of room ${roomId} was deleted, and the row of ${seq} has its words`
    inquiry.report([line, by], says, roomId)
  }
}
