/** A message as it is indexed. */
export interface SearchDoc {
  readonly roomId: string
  readonly seq: number
  /**
   * `seq` of the last event that this is known to hold: an index never replaces a doc by one of a
   * lower revision, since docs of one message may come in any order.
   */
  readonly revision: number
  /** Where it stands among others: when it was sent, also if that was elsewhere. Seconds. */
  readonly at: number
  readonly senderId: string
  readonly threadId?: number | undefined
  readonly hasFile: boolean
  readonly hasLink: boolean
  /** The text, then names of files. */
  readonly fields: readonly string[]
}

/** A message that has nothing any more by which it could be found. */
export interface RemovedDoc {
  readonly roomId: string
  readonly seq: number
  readonly revision: number
}

export interface SearchFilters {
  readonly from?: string | undefined
  readonly threadId?: number | undefined
  readonly has?: readonly ('file' | 'link')[] | undefined
}

/** Newest first: by time, then by room, then by `seq`. Of two rooms in one second the order is fixed. */
export interface SearchPosition {
  readonly at: number
  readonly roomId: string
  readonly seq: number
}

/** A room as the one who searches may see it. */
export interface SearchRoom {
  readonly roomId: string
  readonly visibleFrom: number
}

export interface IndexQuery extends SearchFilters {
  readonly q: string
  readonly rooms: readonly SearchRoom[]
  /** Only what comes after it in the order of results. */
  readonly after?: SearchPosition | undefined
  /** Seconds, both included. */
  readonly fromAt?: number | undefined
  readonly toAt?: number | undefined
  /** Found by other means, in whatever order: answered in their places too, if they are in the times. */
  readonly fresh?: readonly SearchPosition[] | undefined
  readonly limit: number
}

export interface IndexHits {
  /**
   * Newest first, at least those that fit among them: an index may answer too much, and every hit is
   * held against the message as it stands. Nothing that fits is left out down to `end`.
   */
  readonly hits: readonly SearchPosition[]
  /** Where the next call goes on; `null` when there is nothing more. */
  readonly end: SearchPosition | null
}

/**
 * What an external engine would have to be. It holds nothing that is not in the log: it may be
 * emptied and filled again.
 */
export interface SearchIndex {
  /** Idempotent. Resolves when the docs are durable, not when they are found. */
  readonly index: (docs: readonly SearchDoc[]) => Promise<void>
  readonly remove: (docs: readonly RemovedDoc[]) => Promise<void>
  /** Everything of the room up to `toSeq`, for good. */
  readonly removeUpTo: (roomId: string, toSeq: number) => Promise<void>
  readonly search: (query: IndexQuery) => Promise<IndexHits>
}
