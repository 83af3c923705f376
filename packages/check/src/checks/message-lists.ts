import type {
  IndexedHistory,
  LogEntry,
  MessageRead,
  Room,
  ShownMessage,
} from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** A list of messages shows what the events of the log make of them, and at the end all of them. */
export function messageLists({ rooms, bounds, marks }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  const quietMs = marks.get('quiet')?.atMs ?? Infinity
  for (const room of rooms.values()) {
    if (room.messageReads.length === 0) continue
    const versions = versionsOf(room)
    const isWrong = new Map<ShownMessage, string | undefined>()
    for (const read of room.messageReads) {
      for (const message of read.messages) {
        inquiry.looked += 1
        if (!isWrong.has(message)) isWrong.set(message, differenceOf(room, versions, message))
        const wrong = isWrong.get(message)
        if (wrong === undefined) continue
        const lines = [read.line, room.log.bySeq.get(message.seq)?.line]
        const says = (): string =>
          `${read.process} was shown ${message.seq} of room ${room.roomId}, and ${wrong}`
        inquiry.report(lines, says, room.roomId)
      }
      if (read.isAll && read.invokedMs >= quietMs) findMissing(inquiry, room, versions, read)
    }
  }
  return inquiry
}

/** Edits of each message, in the order of their versions. */
type Versions = ReadonlyMap<number, readonly LogEntry[]>

function versionsOf({ log }: Room): Versions {
  const versions = new Map<number, LogEntry[]>()
  for (const entry of log.entries) {
    const { ref, version, isNewVersion } = entry.facts
    if (ref === undefined || version === undefined || !isNewVersion) continue
    const known = versions.get(ref)
    if (known === undefined) versions.set(ref, [entry])
    else known.push(entry)
  }
  return versions
}

function differenceOf({ log }: Room, versions: Versions, shown: ShownMessage): string | undefined {
  const { seq, text, version } = shown
  const entry = log.bySeq.get(seq)
  if (entry === undefined) return seq < log.knownFrom ? undefined : 'the log has nothing there'
  const { facts } = entry
  if (facts.type !== 'message:created') return `that is a ${facts.type}`
  if (facts.actorId !== shown.senderId) return `that is of ${facts.actorId}`
  if (facts.msgNo !== shown.msgNo) return `that is message ${facts.msgNo ?? 'without a number'}`
  if (shown.isDeleted || text === undefined) return undefined
  const edit = versions.get(seq)?.find((one) => one.facts.version === version)
  if (version > 0 && edit === undefined && log.knownFrom <= seq)
    return `there is no version ${version} of it`
  const is = version > 0 ? edit?.facts : facts
  return is?.text !== undefined && is.text !== text
    ? `version ${version} has another text`
    : undefined
}

function findMissing(inquiry: Inquiry, room: Room, versions: Versions, read: MessageRead): void {
  const { log, roomId, memberships } = room
  const membership = memberships.of(read.userId).at(-1)
  if (membership === undefined || membership.leftSeq !== Infinity) return
  const shown = new Map(read.messages.map((message) => [message.seq, message]))
  const from = Math.max(membership.visibleFrom, log.knownFrom, log.erasedTo + 1)
  for (const { seq, facts, line } of log.entries) {
    if (seq < from || facts.type !== 'message:created' || facts.form === 'deleted') continue
    inquiry.looked += 1
    const last = versions.get(seq)?.at(-1)
    const message = shown.get(seq)
    const version = last?.facts.version ?? 0
    if (message !== undefined && !message.isDeleted && message.version === version) continue
    const says = (): string =>
      message === undefined
        ? `${read.process} was not shown ${seq} of room ${roomId} when all was quiet`
        : `${read.process} was shown version ${message.version} of ${seq} of room ${roomId} when all was quiet, and the last is ${version}`
    inquiry.report([last?.line ?? line, read.line], says, roomId)
  }
}
