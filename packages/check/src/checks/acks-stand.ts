import type { IndexedHistory, LogEntry, Operation, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

const TYPES: Readonly<Partial<Record<Operation['op'], string>>> = {
  send: 'message:created',
  edit: 'message:updated',
  delete: 'message:deleted',
  react: 'reaction:changed',
}

/** Whatever was answered `ok` stands in the log at the `seq` that it named, as it was asked for. */
export function acksStand({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    for (const operation of room.operations) {
      const type = TYPES[operation.op]
      if (type !== undefined && operation.type === 'ok') lookUp(inquiry, room, operation, type)
    }
  }
  return inquiry
}

function lookUp(inquiry: Inquiry, room: Room, operation: Operation, type: string): void {
  const { roomId, log } = room
  const { seq, line, process, op } = operation
  if (seq === undefined) return
  const entry = log.bySeq.get(seq)
  if (entry === undefined) {
    if (seq < log.knownFrom) return
    inquiry.looked += 1
    const says = (): string =>
      `${op} of ${process} was acknowledged as ${seq} of room ${roomId}, and is not there`
    inquiry.report([line], says, roomId)
    return
  }
  inquiry.looked += 1
  const wrong = differenceOf(operation, entry, type)
  if (wrong === undefined) return
  const says = (): string =>
    `${op} of ${process} was acknowledged as ${seq} of room ${roomId}, and ${wrong} is there`
  inquiry.report([line, entry.line], says, roomId)
}

/** What stands there in place of what was asked for. */
function differenceOf(asked: Operation, entry: LogEntry, type: string): string | undefined {
  const { facts, clientMsgId } = entry
  if (facts.type !== type) return `a ${facts.type}`
  if (facts.actorId !== asked.userId) return `one of ${facts.actorId}`
  if (asked.ref !== undefined && facts.ref !== asked.ref)
    return `one about ${facts.ref ?? 'nothing'}`
  if (asked.key !== undefined && typeof clientMsgId === 'string' && clientMsgId !== asked.key) {
    return `one with another id`
  }
  if (asked.msgNo !== undefined && asked.msgNo !== 0 && asked.msgNo !== facts.msgNo) {
    return `one that is message ${facts.msgNo ?? 'without a number'}, not ${asked.msgNo},`
  }
  const isText = asked.op === 'send' || asked.op === 'edit'
  const isShown = facts.form === 'whole' && isText && asked.value !== undefined
  return isShown && facts.text !== asked.value ? 'another text' : undefined
}
