import type { IndexedHistory, Operation, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** Every answer to one command names the same `seq`, and at most one of them is the first. */
export function retriesAgree({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    const ids = idsOf(room)
    for (const [key, attempts] of room.keyed) {
      compareAnswers(inquiry, room.roomId, attempts)
      compareWithLog(inquiry, room.roomId, attempts, ids.get(key))
    }
  }
  return inquiry
}

function idsOf({ log }: Room): Map<string, { seq: number; line: number }> {
  const ids = new Map<string, { seq: number; line: number }>()
  for (const { seq, line, facts, clientMsgId } of log.entries) {
    const key = `${facts.actorId} ${clientMsgId ?? ''}`
    if (typeof clientMsgId === 'string' && !ids.has(key)) ids.set(key, { seq, line })
  }
  return ids
}

function compareAnswers(inquiry: Inquiry, roomId: string, attempts: readonly Operation[]): void {
  let first: Operation | undefined
  let fresh: Operation | undefined
  for (const answer of attempts) {
    const { seq, type, dup, line, process } = answer
    if (type !== 'ok' || seq === undefined) continue
    inquiry.looked += 1
    const [other, earlier] = [first, dup ? undefined : fresh]
    first ??= answer
    if (!dup) fresh ??= answer
    if (other !== undefined && other.seq !== seq) {
      const says = (): string =>
        `${process} was told ${other.seq}, and then ${seq} for the same id in room ${roomId}`
      inquiry.report([other.line, line], says, roomId)
    } else if (earlier !== undefined) {
      const says = (): string => `${process} was twice told that ${seq} of room ${roomId} is new`
      inquiry.report([earlier.line, line], says, roomId)
    }
  }
}

function compareWithLog(
  inquiry: Inquiry,
  roomId: string,
  attempts: readonly Operation[],
  stands: { readonly seq: number; readonly line: number } | undefined,
): void {
  const answer = attempts.find(({ type, seq }) => type === 'ok' && seq !== undefined)
  if (stands === undefined || answer === undefined || answer.seq === stands.seq) return
  const says = (): string =>
    `${answer.process} was told ${answer.seq} for an id that stands at ${stands.seq} of room ${roomId}`
  inquiry.report([answer.line, stands.line], says, roomId)
}
