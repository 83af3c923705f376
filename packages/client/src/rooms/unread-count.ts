import type { Event } from '@parley/message-schema'

export interface UnreadCounts {
  readonly unread: number
  readonly mentions: number
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
interface Told {
  /** Counting began after this. */
  readonly start: number
  readonly unread: number
  readonly mentions: number
  /** The head at which it was counted is not before this … */
  readonly from: number
  /** … and is just this. */
  readonly isFromExact: boolean
  /** Until it is known better. */
  readonly assumed: number
}

/** Messages that are kept for counting. Older ones are the server's to count. */
const KEPT = 500

/**
 * What is unread in one room, by the server's own rule: messages of others that have a `msgNo`, are not
 * deleted and stand after my cursor, also those of threads. As long as everything after the cursor was
 * seen it is counted here; else the server's number goes on from the head at which it was counted.
 */
export class UnreadCount {
  readSeq: number
  readonly #myId: string
  readonly #countable = new Map<number, Countable>()
  /** All countable messages after this are in `#countable`. */
  #knownAfter: number
  /** Retention has erased what is up to here. */
  #erasedTo = 0
  /** A deletion of something older than what is known. */
  #unknownDeletion = 0
  #told: Told | null = null

  constructor(myId: string, position: number, readSeq: number) {
    this.#myId = myId
    this.#knownAfter = position
    this.readSeq = readSeq
  }

  /** An event of the log, in order. */
  apply(event: Event): void {
    if (event.type === 'message:created') this.#create(event)
    else if (event.type === 'message:deleted') this.#delete(event.ref ?? 0, event.seq)
    else if (event.type === 'room:updated') this.#eraseTo(event.data.erasedTo ?? 0)
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
  tell(counts: { unread: number; mentions: number }, at: number): void {
    this.#told = { start: this.#start, ...counts, from: at, isFromExact: true, assumed: at }
  }

  /** The server has counted at a head that it did not name: not before `from`, probably at `assumed`. */
  tellRoughly(counts: { unread: number; mentions: number }, from: number, assumed = from): void {
    this.#told = { start: this.#start, ...counts, from, isFromExact: false, assumed }
  }

  /** What was told is not to be relied on: the cursor may have moved elsewhere meanwhile. */
  doubt(): void {
    this.#told = null
  }

  get counts(): UnreadCounts {
    const seen = this.#fromSeen()
    if (seen?.isExact === true) return seen
    return this.#fromTold(true) ?? seen ?? this.#guess()
  }

  get #start(): number {
    return Math.max(this.readSeq, this.#erasedTo)
  }

  #fromTold(mustBeExact: boolean): UnreadCounts | null {
    const told = this.#told
    if (told === null || told.start !== this.#start) return null
    const at = mustBeExact ? told.from : Math.max(told.from, told.assumed)
    let { unread, mentions } = told
    let isExact = this.#unknownDeletion <= told.from && this.#knownAfter <= told.from
    for (const [seq, { mention, deletedAt }] of this.#countable) {
      if (seq <= this.#start) continue
      // What came after `from` may have been counted, or not.
      if (!told.isFromExact && (seq > told.from || deletedAt > told.from)) isExact = false
      const change = seq > at ? Number(deletedAt === 0) : -Number(deletedAt > at)
      unread += change
      if (mention !== 'no') mentions += change
      if (mention === 'here' && change !== 0) isExact = false
    }
    if (mustBeExact && !isExact) return null
    return { unread: Math.max(0, unread), mentions: Math.max(0, mentions), isExact }
  }

  #fromSeen(): UnreadCounts | null {
    if (this.#start < this.#knownAfter) return null
    let unread = 0
    let mentions = 0
    let isExact = true
    for (const [seq, { mention, deletedAt }] of this.#countable) {
      if (seq <= this.#start || deletedAt > 0) continue
      unread += 1
      if (mention !== 'no') mentions += 1
      if (mention === 'here') isExact = false
    }
    return { unread, mentions, isExact }
  }

  /** Until the server has told it. */
  #guess(): UnreadCounts {
    const fromTold = this.#fromTold(false)
    if (fromTold !== null) return { ...fromTold, isExact: false }
    const start = this.#start
    let [unread, mentions] = [0, 0]
    for (const [seq, { mention, deletedAt }] of this.#countable) {
      if (seq <= start || deletedAt > 0) continue
      unread += 1
      if (mention !== 'no') mentions += 1
    }
    const before = Math.max(0, this.#knownAfter - start)
    unread += Math.min(before, this.#told?.unread ?? 0)
    mentions += Math.min(before, this.#told?.mentions ?? 0)
    return { unread, mentions: Math.min(mentions, unread), isExact: false }
  }

  #create(event: Extract<Event, { type: 'message:created' }>): void {
    const { data, seq, actor } = event
    if (actor.id === this.#myId || event.msgNo === undefined) return
    const isMine = data.mentionAll === 'room' || data.mentions?.includes(this.#myId) === true
    const mention = isMine ? 'yes' : data.mentionAll === 'here' ? 'here' : 'no'
    // Deleted since: it was counted if the server has counted before that, and whom it named is gone.
    const isGone = data.deleted === true
    this.#countable.set(
      seq,
      isGone ? { mention: 'here', deletedAt: Infinity } : { mention, deletedAt: 0 },
    )
    if (this.#countable.size <= KEPT) return
    const [oldest] = this.#countable.keys()
    if (oldest === undefined) return
    this.#countable.delete(oldest)
    this.#knownAfter = Math.max(this.#knownAfter, oldest)
  }

  #delete(ref: number, seq: number): void {
    const countable = this.#countable.get(ref)
    if (countable !== undefined)
      countable.deletedAt = countable.deletedAt === Infinity ? seq : countable.deletedAt || seq
    else if (ref <= this.#knownAfter && ref > this.#start) this.#unknownDeletion = seq
  }

  #eraseTo(position: number): void {
    if (position <= this.#erasedTo) return
    this.#erasedTo = position
    for (const seq of this.#countable.keys()) if (seq <= position) this.#countable.delete(seq)
  }
}
