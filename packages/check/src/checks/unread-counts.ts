import type { IndexedHistory, LogEntry, Operation, Room } from './indexed-history.ts'
import type { Membership } from './memberships.ts'
import { Inquiry, type Answer } from './question.ts'
import { isStill } from './still-there.ts'

/** Somebody's answer to how much one has not read. */
interface Count {
  readonly subject: string
  readonly atMs: number
  readonly line: number
  readonly unread: number
  readonly mentions: number | undefined
  readonly readSeq: number | undefined
}

/** Unread is the number of undeleted messages of others behind the cursor, mentions those of them that name one. Looked at when all is quiet. */
export function unreadCounts(history: IndexedHistory): Answer {
  const inquiry = new Inquiry(history.bounds.keep)
  for (const observed of history.observations) {
    const { what, roomId, subject, value, expected, line } = observed
    if (what !== 'unread' || roomId === undefined) continue
    if (expected !== undefined) {
      inquiry.looked += 1
      const differs = (['unread', 'mentions'] as const).find(
        (name) => numberIn(value, name) !== numberIn(expected, name),
      )
      if (differs === undefined) continue
      const says = (): string =>
        `${subject} is told of another number of ${WHAT[differs]} in room ${roomId} than there are`
      inquiry.report([line], says, roomId)
      continue
    }
    const unread = numberIn(value, 'unread')
    const room = history.rooms.get(roomId)
    if (unread === undefined || room === undefined) continue
    const [mentions, readSeq] = ['mentions', 'readSeq'].map((name) => fieldIn(value, name))
    compare(inquiry, history, room, {
      subject,
      atMs: observed.atMs,
      line,
      unread,
      mentions,
      readSeq,
    })
  }
  for (const room of history.rooms.values()) {
    for (const operation of room.operations) {
      const count = countOf(operation)
      if (count !== undefined) compare(inquiry, history, room, count)
    }
  }
  return inquiry
}

const WHAT = { unread: 'unread messages', mentions: 'mentions' } as const

/** A number alone is that of what is unread. */
const numberIn = (value: unknown, name: 'unread' | 'mentions'): number | undefined =>
  typeof value === 'number' && name === 'unread' ? value : fieldIn(value, name)

function fieldIn(value: unknown, name: string): number | undefined {
  const held = typeof value === 'object' && value !== null && name in value
  const number = held ? (value as Record<string, unknown>)[name] : undefined
  return typeof number === 'number' ? number : undefined
}

function countOf({ op, type, userId, invokedMs, line, result }: Operation): Count | undefined {
  if ((op !== 'unread' && op !== 'read') || type !== 'ok') return undefined
  const { unread } = result
  if (typeof unread !== 'number') return undefined
  const [mentions, readSeq] = ['mentions', 'readSeq'].map((name) => fieldIn(result, name))
  return { subject: userId, atMs: invokedMs, line, unread, mentions, readSeq }
}

function compare(inquiry: Inquiry, history: IndexedHistory, room: Room, count: Count): void {
  const { subject, line, unread, mentions } = count
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
  const told = (what: keyof typeof WHAT, number: number, found: readonly LogEntry[]): void => {
    if (found.length === number) return
    const says = (): string =>
      `${subject} is told of ${number} ${WHAT[what]} after ${after} in room ${roomId}, and there are ${found.length}`
    // A few of them show what was not counted; the others are of the same kind.
    const shown = found.slice(0, 3).map((entry) => entry.line)
    inquiry.report([...shown, state?.line, line], says, roomId)
  }
  told('unread', unread, there)
  // Who was there for `@here` is not in the log.
  if (mentions === undefined || there.some(({ facts }) => facts.mentions?.includes('@here'))) return
  const known = room.memberships.of(subject)
  told(
    'mentions',
    mentions,
    there.filter((entry) => names(entry, subject, known)),
  )
}

/** Named are those who are members when it is said; what names the room names whoever can see it. */
function names({ seq, facts }: LogEntry, userId: string, known: readonly Membership[]): boolean {
  const { mentions } = facts
  if (mentions === undefined) return false
  if (mentions.includes('@room')) return true
  const isMember = known.some(({ joinedSeq, leftSeq }) => joinedSeq < seq && seq < leftSeq)
  return isMember && mentions.includes(userId)
}
