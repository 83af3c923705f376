import type { Event, RoomNews } from '@parley/message-schema'
import { EventRing } from './event-ring.ts'

/** Events of a room after a position, from the log itself. */
export interface EventRange {
  readonly head: number
  readonly memberVersion: number
  readonly events: readonly Event[]
}

export interface RoomFeedPorts {
  /** Hands events to the local sockets of the room: contiguous, each exactly once. */
  readonly deliver: (roomId: string, events: readonly Event[], head: number) => void
  readonly fetchAfter: (roomId: string, after: number) => Promise<EventRange>
  /** Something is to be flushed once this turn of the event loop has read all that it will read. */
  readonly scheduleFlush: (feed: RoomFeed) => void
  readonly memberJoined: (roomId: string, userId: string) => void
  /** Must take the user's sockets out of the room before it returns. */
  readonly memberLeft: (roomId: string, userId: string, seq: number) => void
  /** Everybody was handed the event that says so; nothing comes after it. */
  readonly roomDeleted: (roomId: string) => void
  /** Who is a member here may be wrong: ask again. */
  readonly doubtMembers: (roomId: string) => void
  readonly repaired: (events: number) => void
}

/** An event that came too early is given so long for those before it to arrive by themselves. */
const HOLD_MS = 50
const REPAIR_AGAIN_MS = 500
const HELD_EVENTS = 1_000
const COUNT_FOR_MS = 500
/** Nobody reads so many: fewer, larger packets are no loss to anybody. */
const FLOOD_PER_SECOND = 100

/**
 * One guard for three sources: news from Redis, the answers to this gateway's own commands, and what
 * reconciliation finds. Whatever comes, sockets are handed `position + 1` next, or nothing.
 *
 *     offer(seq)   = position + 1 → released     ≤ position → dropped     > position + 1 → held
 *
 * Membership needs no care of its own: who leaves is an event of the same log, so it takes effect
 * between the event before and the event after it, even if its notice was lost (C8).
 */
export class RoomFeed {
  readonly roomId: string
  /** When something was last said in it through this gateway, by `Date.now()`. */
  saidAtMs = 0
  readonly #ports: RoomFeedPorts
  readonly #ring = new EventRing()
  readonly #held = new Map<number, Event>()
  readonly #waiters: { readonly seq: number; readonly resolve: () => void }[] = []
  #position: number
  #memberVersion: number
  #memberCount: number | undefined
  #head: number
  #pending: Event[] = []
  #flushedAtMs = 0
  #countedSinceMs = 0
  #counted = 0
  #isFlooded = false
  #timer: NodeJS.Timeout | undefined
  #repairing = false
  #closed = false

  constructor(
    roomId: string,
    start: { head: number; memberVersion: number; memberCount?: number | undefined },
    ports: RoomFeedPorts,
  ) {
    this.roomId = roomId
    this.#ports = ports
    this.#position = start.head
    this.#head = start.head
    this.#memberVersion = start.memberVersion
    this.#memberCount = start.memberCount
  }

  /** The last event that was released. */
  get position(): number {
    return this.#position
  }

  /** The furthest that is known of, released or not. */
  get head(): number {
    return this.#head
  }

  /** At `position`; `undefined` if it was not said where the feed began. */
  get memberCount(): number | undefined {
    return this.#memberCount
  }

  offer({ fromSeq, events, memberVersion }: RoomNews): void {
    if (this.#closed) return
    const last = fromSeq + events.length - 1
    this.#head = Math.max(this.#head, last)
    for (const event of events) this.#take(event)
    this.#releaseHeld()
    if (this.#position < this.#head) this.#armRepair(HOLD_MS)
    else if (this.#position === last && memberVersion !== this.#memberVersion) {
      this.#memberVersion = memberVersion
      this.#ports.doubtMembers(this.roomId)
    }
  }

  /** The log is at least so far. */
  noteHead(head: number): void {
    this.#head = Math.max(this.#head, head)
    if (this.#position < this.#head) this.#armRepair(HOLD_MS)
  }

  /** Resolves when everything up to `seq` was released, or when the feed is closed. */
  async reach(seq: number): Promise<void> {
    if (this.#position >= seq || this.#closed) return
    this.#head = Math.max(this.#head, seq)
    const reached = new Promise<void>((resolve) => {
      this.#waiters.push({ seq, resolve })
    })
    this.#armRepair(0)
    await reached
  }

  /** When the last packet was handed over, by `Date.now()`; 0 if none was. */
  get flushedAtMs(): number {
    return this.#flushedAtMs
  }

  /** More is said than anybody can read. */
  get isFlooded(): boolean {
    return this.#isFlooded
  }

  /** Hands over what is pending: from here on, sockets of the room have all up to `position`. */
  flush(): void {
    if (this.#pending.length === 0) return
    const events = this.#pending
    this.#pending = []
    this.#flushedAtMs = Date.now()
    this.#count(events.length, this.#flushedAtMs)
    this.#ports.deliver(this.roomId, events, this.#head)
  }

  #count(events: number, nowMs: number): void {
    this.#counted += events
    const sinceMs = nowMs - this.#countedSinceMs
    if (sinceMs >= 0 && sinceMs < COUNT_FOR_MS) return
    this.#isFlooded = this.#counted * 1_000 >= FLOOD_PER_SECOND * sinceMs && sinceMs > 0
    this.#counted = 0
    this.#countedSinceMs = nowMs
  }

  /** The events after `seq` up to `position`, or `undefined` if not all are at hand. */
  recentAfter(seq: number): readonly Event[] | undefined {
    return seq === this.#position ? [] : this.#ring.after(seq)
  }

  /**
   * A stretch of the log that somebody has fetched, as it is at `position`: kept for others who ask for it,
   * if it ends where what is kept begins.
   */
  remember(events: readonly Event[]): void {
    const first = this.#ring.first ?? this.#position + 1
    const older = events.filter(({ seq }) => seq < first)
    if (older.at(-1)?.seq === first - 1) this.#ring.prepend(older)
  }

  /** Whether the user was seen leaving after `seq`: who came back since is another membership. */
  leftSince(userId: string, seq: number): 'no' | 'yes' | 'unknown' {
    const recent = this.recentAfter(seq)
    if (recent === undefined) return seq > this.#position ? 'no' : 'unknown'
    const hasLeft = recent.some(
      (event) =>
        (event.type === 'member:left' && event.data.userId === userId) || isDeletion(event),
    )
    return hasLeft ? 'yes' : 'no'
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const { resolve } of this.#waiters.splice(0)) resolve()
  }

  #take(event: Event): void {
    if (event.seq === this.#position + 1) this.#release(event)
    else if (event.seq > this.#position && this.#held.size < HELD_EVENTS) {
      this.#held.set(event.seq, event)
    }
  }

  #release(event: Event): void {
    if (event.type === 'member:left') {
      // Whoever leaves is handed all that came before, and nothing of what comes now.
      this.flush()
      this.#position = event.seq
      this.#memberVersion += 1
      if (this.#memberCount !== undefined) this.#memberCount -= 1
      this.#ports.memberLeft(this.roomId, event.data.userId, event.seq)
    } else {
      this.#position = event.seq
    }
    this.#ring.push(event)
    this.#pending.push(event)
    if (this.#pending.length === 1) this.#ports.scheduleFlush(this)
    if (event.type === 'member:joined') {
      this.#memberVersion += 1
      if (this.#memberCount !== undefined) this.#memberCount += 1
      this.#ports.memberJoined(this.roomId, event.data.userId)
    }
    if (isDeletion(event)) {
      this.#memberVersion += 1
      this.flush()
      this.#ports.roomDeleted(this.roomId)
    }
  }

  #releaseHeld(): void {
    for (;;) {
      const event = this.#held.get(this.#position + 1)
      if (event === undefined) break
      this.#held.delete(event.seq)
      this.#release(event)
    }
    if (this.#held.size > 0) {
      for (const seq of this.#held.keys()) if (seq <= this.#position) this.#held.delete(seq)
    }
    this.#wakeWaiters()
  }

  #wakeWaiters(): void {
    for (let index = this.#waiters.length - 1; index >= 0; index -= 1) {
      const waiter = this.#waiters[index]
      if (waiter !== undefined && waiter.seq <= this.#position) {
        this.#waiters.splice(index, 1)
        waiter.resolve()
      }
    }
  }

  #armRepair(afterMs: number): void {
    if (this.#repairing || this.#closed) return
    if (this.#timer !== undefined) {
      if (afterMs > 0) return
      clearTimeout(this.#timer)
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#position < this.#head) void this.#repair()
    }, afterMs)
  }

  /** Fetches what is missing, once for everybody. Never rejects: failing, it comes again. */
  async #repair(): Promise<void> {
    this.#repairing = true
    let again = false
    try {
      while (this.#position < this.#head && !this.#closed) {
        const before = this.#position
        const range = await this.#ports.fetchAfter(this.roomId, before)
        if (this.#closed) return
        this.#head = Math.max(this.#head, range.head)
        for (const event of range.events) this.#take(event)
        this.#releaseHeld()
        if (this.#position === before) {
          again = true
          break
        }
        this.#ports.repaired(this.#position - before)
      }
    } catch {
      again = true
    } finally {
      this.#repairing = false
    }
    if (again) this.#armRepair(REPAIR_AGAIN_MS)
  }
}

const isDeletion = (event: Event): boolean =>
  event.type === 'room:updated' && event.data.deleted === true
