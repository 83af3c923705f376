import type { Event } from '@parley/message-schema'

interface Counts {
  readonly unread: number
  readonly mentions: number
}

export interface UnreadCounts extends Counts {
  /** Whether they are what the server would count at the same place of the log. */
  readonly isExact: boolean
}

interface Countable {
  /** `here` names those who were online: only the server knows whether I was. */
  readonly mention: 'yes' | 'no' | 'here'
  /** Where it was deleted; 0: it is there. Infinite until its deletion is told. */
  deletedAt: number
}

/** What the server has counted. */
interface Told extends Counts {
  /** Counting began after this. */
  readonly start: number
  /** The head at which it was counted is not before this … */
  readonly from: number
  /** … until it is known better, this … */
  readonly assumed: number
  /** … and not after this. */
  readonly to: number
}

/** Messages that are kept for counting. Older ones are the server's to count. */
const KEPT = 500
const NONE: Counts = { unread: 0, mentions: 0 }

/**
 * What is unread in one room, by the server's own rule: messages of others that have a `msgNo`, are not
 * deleted and stand after my cursor, also those of threads. As long as everything after the cursor was
 * seen it is counted here; else the server's number goes on from the head at which it was counted.
 */
export class UnreadCount {
  readSeq: number
  /** Not known before the first session, where a room was joined before it. */
  readonly #myId: () => string
  readonly #countable = new Map<number, Countable>()
  /** All countable messages after this are in `#countable`. */
  #knownAfter: number
  /** What is up to here was erased by retention, or is not for me to see. */
  #erasedTo = 0
  /** A deletion of something older than what is known. */
  #unknownDeletion = 0
  #told: Told | null = null

  constructor(myId: () => string, position: number, readSeq: number) {
    this.#myId = myId
    this.#knownAfter = position
    this.readSeq = readSeq
  }

  /** An event of the log, in order. */
  apply(event: Event): void {
    if (event.type === 'message:created') this.#create(event)
    else if (event.type === 'message:deleted') this.#delete(event.ref ?? 0, event.seq)
    else if (event.type === 'room:updated') this.eraseTo(event.data.erasedTo ?? 0)
  }

  /** I see nothing of what is up to `position` any more. */
  eraseTo(position: number): void {
    if (position <= this.#erasedTo) return
    this.#erasedTo = position
    for (const seq of this.#countable.keys()) if (seq <= position) this.#countable.delete(seq)
  }

  /** It goes on after `head`, and what is between was not seen. */
  restart(head: number): void {
    this.#countable.clear()
    this.#knownAfter = head
    this.#told = null
    this.#unknownDeletion = 0
  }

  /** The log is another one. */
  replace(head: number): void {
    this.restart(head)
    this.#erasedTo = 0
  }

  /** The server has counted at the head `at`. */
  tell(counts: Counts, at: number): void {
    this.tellRoughly(counts, at, at, at)
  }

  /** The server has counted at a head that it did not name: not before `from`, probably at `assumed`. */
  tellRoughly({ unread, mentions }: Counts, from: number, assumed = from, to = Infinity): void {
    this.#told = { start: this.#start, unread, mentions, from, assumed, to }
  }

  /** What was told is not to be relied on: the cursor may have moved elsewhere meanwhile. */
  doubt(): void {
    this.#told = null
  }

  get counts(): UnreadCounts {
    const start = this.#start
    const known = this.#knownAfter
    const seen = start < known ? null : this.#countFrom(NONE, start)
    if (seen?.isExact === true) return seen
    const told = this.#told
    const isOfNow = told?.start === start
    if (told !== null && isOfNow && Math.max(known, this.#unknownDeletion) <= told.from) {
      const counted = this.#countFrom(told, told.from, told.to)
      if (counted.isExact) return counted
    }
    if (seen !== null) return seen
    // Until the server has told it.
    if (told !== null && isOfNow)
      return { ...this.#countFrom(told, Math.max(told.from, told.assumed)), isExact: false }
    const before = { unread: told?.unread ?? 0, mentions: told?.mentions ?? 0 }
    const most = Math.max(0, known - start)
    const { unread, mentions } = this.#countFrom(
      { unread: Math.min(most, before.unread), mentions: Math.min(most, before.mentions) },
      start,
    )
    return { unread, mentions: Math.min(mentions, unread), isExact: false }
  }

  get #start(): number {
    return Math.max(this.readSeq, this.#erasedTo)
  }

  /** What was counted at the head `at`, maybe at one up to `to`, with what is known to have come since. */
  #countFrom(counted: Counts, at: number, to = at): UnreadCounts {
    let { unread, mentions } = counted
    let isExact = true
    for (const [seq, { mention, deletedAt }] of this.#countable) {
      if (seq <= this.#start) continue
      // What came between may have been counted, or not.
      if (to > at && (seq > at || deletedAt > at)) isExact = false
      const change = seq > at ? Number(deletedAt === 0) : -Number(deletedAt > at)
      unread += change
      if (mention !== 'no') mentions += change
      if (mention === 'here' && change !== 0) isExact = false
    }
    return { unread: Math.max(0, unread), mentions: Math.max(0, mentions), isExact }
  }

  #create(event: Extract<Event, { type: 'message:created' }>): void {
    const { data, seq, actor } = event
    if (actor.id === this.#myId() || event.msgNo === undefined) return
    // Deleted since: it was counted if the server has counted before that, and whom it named is gone.
    const isGone = data.deleted === true
    const isNamed = data.mentionAll === 'room' || data.mentions?.includes(this.#myId()) === true
    const mention = data.mentionAll === 'here' || isGone ? 'here' : 'no'
    this.#countable.set(seq, {
      mention: isNamed && !isGone ? 'yes' : mention,
      deletedAt: isGone ? Infinity : 0,
    })
    const [oldest] = this.#countable.keys()
    if (this.#countable.size <= KEPT || oldest === undefined) return
    this.#countable.delete(oldest)
    this.#knownAfter = Math.max(this.#knownAfter, oldest)
  }

  #delete(ref: number, seq: number): void {
    const countable = this.#countable.get(ref)
    if (countable !== undefined)
      countable.deletedAt = countable.deletedAt === Infinity ? seq : countable.deletedAt || seq
    else if (ref <= this.#knownAfter && ref > this.#start) this.#unknownDeletion = seq
  }
}
