import type { IndexedHistory, Operation, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'
import { isStill } from './still-there.ts'

/** Somebody's answer to how much one has not read. */
interface Count {
  readonly subject: string
  readonly atMs: number
  readonly line: number
  readonly unread: number
  readonly readSeq: number | undefined
}

/** Unread is the number of undeleted messages of others behind the cursor. Looked at when all is quiet. */
export function unreadCounts(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  for (const observed of history.observations) {
    const { what, roomId, subject, value, expected, line } = observed
    if (what !== 'unread' || roomId === undefined) continue
    if (expected !== undefined) {
      inquiry.looked += 1
      if (numberIn(value, 'unread') === numberIn(expected, 'unread')) continue
      const says = (): string =>
        `${subject} is told of another number of unread messages in room ${roomId} than there are`
      inquiry.report([line], says, roomId)
      continue
    }
    const unread = numberIn(value, 'unread')
    const room = history.rooms.get(roomId)
    if (unread === undefined || room === undefined) continue
    const readSeq = typeof value === 'object' ? numberIn(value, 'readSeq') : undefined
    compare(inquiry, history, room, { subject, atMs: observed.atMs, line, unread, readSeq })
  }
  for (const room of history.rooms.values()) {
    for (const operation of room.operations) {
      const count = countOf(operation)
      if (count !== undefined) compare(inquiry, history, room, count)
    }
  }
  return inquiry
}

function numberIn(value: unknown, name: string): number | undefined {
  if (typeof value === 'number') return value
  const held = typeof value === 'object' && value !== null && name in value
  const number = held ? (value as Record<string, unknown>)[name] : undefined
  return typeof number === 'number' ? number : undefined
}

function countOf({ op, type, userId, invokedMs, line, result }: Operation): Count | undefined {
  if ((op !== 'unread' && op !== 'read') || type !== 'ok') return undefined
  const { unread, readSeq } = result
  if (typeof unread !== 'number') return undefined
  const known = typeof readSeq === 'number' ? readSeq : undefined
  return { subject: userId, atMs: invokedMs, line, unread, readSeq: known }
}

function compare(inquiry: Inquiry, history: IndexedHistory, room: Room, count: Count): void {
  const { subject, line, unread } = count
  const { log, roomId, state } = room
  const membership = room.memberships.of(subject).at(-1)
  if (membership === undefined || membership.leftSeq !== Infinity) return
  const quietMs = history.marks.get('quiet')?.atMs ?? Infinity
  // The cursor that came with the count is the one that it belongs to.
  const isEnd = count.readSeq === undefined ? isStill(history, room, count) : count.atMs >= quietMs
  const cursor = count.readSeq ?? state?.members.find(({ userId }) => userId === subject)?.readSeq
  if (!isEnd || cursor === undefined) return
  const after = Math.max(cursor, membership.visibleFrom - 1, log.erasedTo)
  if (after + 1 < log.knownFrom) return
  inquiry.looked += 1
  const there = log.entries.filter(
    ({ seq, facts }) =>
      seq > after &&
      facts.type === 'message:created' &&
      facts.msgNo !== undefined &&
      facts.actorId !== subject &&
      facts.form !== 'deleted',
  )
  if (there.length === unread) return
  const says = (): string =>
    `${subject} is told of ${unread} unread messages after ${after} in room ${roomId}, and there are ${there.length}`
  // A few of them show what was not counted; the others are of the same kind.
  const shown = there.slice(0, 3).map((entry) => entry.line)
  inquiry.report([...shown, state?.line, line], says, roomId)
}
