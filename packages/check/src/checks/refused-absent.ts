import type { IndexedHistory, LogEntry, Operation, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** What was only ever refused is not in the log. What nobody knows of may be. */
export function refusedAbsent({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    const find = room.log.isDumped ? byKey(room) : byText(room)
    for (const [key, attempts] of room.keyed) {
      // Also what may be there is looked at: that it is not there twice is another question.
      if (attempts.some(({ type }) => type !== 'fail')) continue
      inquiry.looked += 1
      const [refused] = attempts
      const there = refused === undefined ? undefined : find(key, refused)
      if (refused === undefined || there === undefined) continue
      const { process, op } = refused
      const says = (): string =>
        `${op} of ${process} was refused, and stands at ${there.seq} of room ${room.roomId}`
      inquiry.report([refused.line, there.line], says, room.roomId)
    }
  }
  return inquiry
}

type Find = (key: string, refused: Operation) => LogEntry | undefined

function byKey({ log }: Room): Find {
  const entries = new Map<string, LogEntry>()
  for (const entry of log.entries) {
    const { clientMsgId, facts } = entry
    if (typeof clientMsgId === 'string') entries.set(`${facts.actorId} ${clientMsgId}`, entry)
  }
  return (key) => entries.get(key)
}

/** Without ids a text tells, if nobody but this command would have said it. */
function byText({ log, keyed }: Room): Find {
  const entries = new Map<string, LogEntry>()
  for (const entry of log.entries) {
    const { type, actorId, text } = entry.facts
    if (text !== undefined) entries.set(`${type} ${actorId} ${text}`, entry)
  }
  const askers = new Map<string, number>()
  const nameOf = ({ op, userId, value }: Operation): string =>
    `message:${op === 'send' ? 'created' : 'updated'} ${userId} ${value}`
  for (const [first] of keyed.values()) {
    if (first !== undefined) askers.set(nameOf(first), (askers.get(nameOf(first)) ?? 0) + 1)
  }
  return (_, refused) => {
    const name = nameOf(refused)
    return refused.op !== 'delete' && askers.get(name) === 1 ? entries.get(name) : undefined
  }
}
