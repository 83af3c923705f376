import type { IndexedHistory } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** Nothing stands in the name of one of the senders that they did not ask for. */
export function askedFor({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const { roomId, log, keyed } of rooms.values()) {
    if (!log.isDumped) continue
    const senders = new Set<string>()
    for (const [first] of keyed.values()) if (first?.op === 'send') senders.add(first.userId)
    for (const { seq, line, facts, clientMsgId } of log.entries) {
      const isSent = facts.type === 'message:created' && typeof clientMsgId === 'string'
      if (!isSent || !senders.has(facts.actorId)) continue
      inquiry.looked += 1
      if (keyed.has(`${facts.actorId} ${clientMsgId}`)) continue
      const says = (): string =>
        `${facts.actorId} did not send what stands at ${seq} of room ${roomId}`
      inquiry.report([line], says, roomId)
    }
  }
  return inquiry
}
