import type { Store } from '../store.ts'

export interface ReadMark {
  /** My cursor: the same on all my devices. */
  readonly readSeq: number
  readonly unread: number
  readonly mentions: number
}

/** How far I and others have read. */
export interface Reading {
  readonly mine: Store<ReadMark>
  /**
   * Moves my cursor forward; never back. Cheap: moves within a second are one command, and the counts
   * change at once. Without `upTo` up to the latest that is known.
   */
  readonly markRead: (upTo?: number) => void
  /** Moves my cursor back to before `seq`, so that it and what follows is unread. */
  readonly markUnread: (seq: number) => Promise<void>
  /**
   * How far others have read, by user id. Empty in large rooms (`features.readReceipts` is `counts`).
   * Read when the room is opened, then kept up to date.
   */
  readonly others: Store<ReadonlyMap<string, number>>
}
