import type { IndexedHistory, LogEntry, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** One `(room, sender, clientMsgId)` makes at most one event. */
export function storedOnce({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    if (room.log.isDumped) lookAtKeys(inquiry, room)
    else lookAtTexts(inquiry, room)
  }
  return inquiry
}

function lookAtKeys(inquiry: Inquiry, { roomId, log }: Room): void {
  const seen = new Map<string, LogEntry>()
  for (const entry of log.entries) {
    if (typeof entry.clientMsgId !== 'string') continue
    inquiry.looked += 1
    const key = `${entry.facts.actorId} ${entry.clientMsgId}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, entry)
    else reportTwice(inquiry, roomId, first, entry)
  }
}

/** Readers are not shown the ids of others, but a text that nobody sent twice is known by itself. */
function lookAtTexts(inquiry: Inquiry, { roomId, log, keyed }: Room): void {
  const asked = new Map<string, number>()
  for (const attempts of keyed.values()) {
    const [first] = attempts
    if (first?.op !== 'send' || first.value === undefined) continue
    const text = `${first.userId} ${first.value}`
    asked.set(text, (asked.get(text) ?? 0) + 1)
  }
  const seen = new Map<string, LogEntry>()
  for (const entry of log.entries) {
    const { type, text, actorId } = entry.facts
    const said = `${actorId} ${text ?? ''}`
    if (type !== 'message:created' || asked.get(said) !== 1) continue
    inquiry.looked += 1
    const first = seen.get(said)
    if (first === undefined) seen.set(said, entry)
    else reportTwice(inquiry, roomId, first, entry)
  }
}

function reportTwice(inquiry: Inquiry, roomId: string, first: LogEntry, second: LogEntry): void {
  const says = (): string =>
    `what ${first.facts.actorId} said once stands at ${first.seq} and ${second.seq} of room ${roomId}`
  inquiry.report([first.line, second.line], says, roomId)
}
