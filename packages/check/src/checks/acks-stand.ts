import { findUnnamed } from './find-unnamed.ts'
import type { IndexedHistory, LogEntry, Operation, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

const TYPES: Readonly<Partial<Record<Operation['op'], string>>> = {
  send: 'message:created',
  edit: 'message:updated',
  delete: 'message:deleted',
  react: 'reaction:changed',
}

/**
 * Whatever was answered `ok` stands in the log at the `seq` that it named, as it was asked for. Where it named
 * none, as the official client does for edits and deletes, it stands somewhere.
 */
export function acksStand({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    const isThere = findUnnamed(room)
    for (const operation of room.operations) {
      const type = TYPES[operation.op]
      if (type === undefined || operation.type !== 'ok') continue
      if (operation.seq !== undefined) lookUp(inquiry, room, operation, type)
      else if (operation.wrongSeq !== undefined) reportWrong(inquiry, room, operation)
      else lookAround(inquiry, room, operation, isThere(operation))
    }
  }
  return inquiry
}

function reportWrong(inquiry: Inquiry, { roomId }: Room, asked: Operation): void {
  const { process, op, wrongSeq, line } = asked
  inquiry.looked += 1
  const says = (): string =>
    `${op} of ${process} was acknowledged as ${JSON.stringify(wrongSeq)} of room ${roomId}, which is no seq`
  inquiry.report([line], says, roomId)
}

function lookAround(
  inquiry: Inquiry,
  { roomId }: Room,
  { process, op, line }: Operation,
  isThere: boolean | undefined,
): void {
  if (isThere === undefined) return
  inquiry.looked += 1
  if (isThere) return
  const says = (): string =>
    `${op} of ${process} was acknowledged, and nothing of it is in room ${roomId}`
  inquiry.report([line], says, roomId)
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
  // What is not counted is acknowledged as 0, and has no number in the log.
  if (asked.msgNo !== undefined && asked.msgNo !== (facts.msgNo ?? 0)) {
    return `one that is message ${facts.msgNo ?? 'without a number'}, not ${asked.msgNo},`
  }
  const isText = asked.op === 'send' || asked.op === 'edit'
  const isShown = facts.form === 'whole' && isText && asked.value !== undefined
  return isShown && facts.text !== asked.value ? 'another text' : undefined
}
