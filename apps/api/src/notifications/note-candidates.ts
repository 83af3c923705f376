import type { LogConsumer, RoomRange } from '../jobs/job.ts'

/** A new message that somebody may have to be told of: not silent, not imported, not deleted. */
export interface NotableMessage {
  readonly roomId: string
  readonly seq: number
  /** `@room`: those who are there now (`@here`) are mentioned one by one. */
  readonly isForAll: boolean
  /** Messages that it answers, or in whose thread it is. */
  readonly answers: readonly number[]
}

export interface PendingStore {
  /** Of these ranges, without what is older than `since`. */
  readonly readNotable: (ranges: readonly RoomRange[], since: Date) => Promise<NotableMessage[]>
  /** Notes who is concerned, with one query a kind of reason, and that it is decided at `dueAt`. */
  readonly note: (messages: readonly NotableMessage[], now: Date, dueAt: Date) => Promise<void>
}

export interface NoteCandidatesPorts {
  readonly store: PendingStore
  /** How long somebody has to read before they are told. */
  readonly afterMs: number
  readonly now: () => Date
}

/** After a long stop nobody is told of what was yesterday: it is unread, and in the digest. */
const STALE_MS = 24 * 3600_000
/** Events of one read, and messages of one transaction. */
const EVENTS_AT_ONCE = 500
const MESSAGES_AT_ONCE = 100

/** Hears of what is new in the log and notes in MySQL what is to be decided. */
export function createNoteCandidates({ store, afterMs, now }: NoteCandidatesPorts): LogConsumer {
  return {
    name: 'notifications',
    async consume(ranges) {
      for (const piece of inPieces(ranges)) {
        const at = now()
        const messages = await store.readNotable(piece, new Date(at.getTime() - STALE_MS))
        for (let from = 0; from < messages.length; from += MESSAGES_AT_ONCE) {
          const dueAt = new Date(at.getTime() + afterMs)
          await store.note(messages.slice(from, from + MESSAGES_AT_ONCE), at, dueAt)
        }
      }
    },
  }
}

function* inPieces(ranges: readonly RoomRange[]): Generator<RoomRange[]> {
  let piece: RoomRange[] = []
  let events = 0
  for (const { roomId, fromSeq, toSeq } of ranges) {
    for (let from = fromSeq; from <= toSeq;) {
      const to = Math.min(toSeq, from + EVENTS_AT_ONCE - events - 1)
      piece.push({ roomId, fromSeq: from, toSeq: to })
      events += to - from + 1
      from = to + 1
      if (events < EVENTS_AT_ONCE) continue
      yield piece
      piece = []
      events = 0
    }
  }
  if (piece.length > 0) yield piece
}
