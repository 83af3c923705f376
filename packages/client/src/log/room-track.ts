import type { Event, ResetReason, RoomSync } from '@parley/message-schema'
import { tellEach } from '../store.ts'
import type { LogListener, RoomLog } from './room-log.ts'
import { SequenceGuard } from './sequence-guard.ts'

interface Notice {
  /** Where the listeners stand with it. */
  readonly position: number | null
  readonly tell: (listener: LogListener) => void
}

/** Kept while it is not known whether the positions are of the same log still. */
const EARLY_AT_MOST = 500

/** Where one room stands, and who listens to it. */
export class RoomTrack implements RoomLog {
  readonly roomId: string
  /** What the listeners were told, while some of what was taken in may wait. */
  position: number | null = null
  /** Of the log that the position belongs to; `null`: not known. */
  epoch: number | null = null
  /** The furthest `seq` that was heard of. */
  #head = 0
  #guard: SequenceGuard<Event> | null = null
  /** Set while the session is of another epoch than the position: what comes then is not applied. */
  #early: Event[] | null = null
  readonly #listeners = new Set<LogListener>()
  readonly #notices: Notice[] = []

  constructor(roomId: string) {
    this.roomId = roomId
  }

  /** What `sync` is to go on from: of what is taken in. `null`: the room is not mine. */
  get reached(): number | null {
    return this.#guard?.position ?? null
  }

  get hasGap(): boolean {
    return this.#early === null && this.#guard?.hasGap === true
  }

  get isBehind(): boolean {
    return this.#guard !== null && (this.#guard.hasGap || this.#head > this.#guard.position)
  }

  readonly follow = (listener: LogListener): (() => void) => {
    const own = { ...listener }
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  /** The room is mine (again), from `head` on. */
  start(head: number, epoch: number | null): void {
    this.#guard = new SequenceGuard<Event>(head)
    this.epoch = epoch
    this.#head = head
    this.#early = null
    this.#reset(head, 'too-far')
  }

  leave(): void {
    if (this.#guard === null) return
    this.#guard = null
    this.#early = null
    this.#head = 0
    this.#reset(0, 'not-member')
  }

  /** A session of this epoch begins. */
  expect(epoch: number): void {
    this.epoch ??= epoch
    if (this.#guard === null) return
    if (this.epoch === epoch) this.#endEarly()
    else this.#early ??= []
  }

  /** A head that was heard of, and maybe events up to it. */
  offer(head: number, events: readonly Event[] = []): void {
    const early = this.#early
    if (early === null) {
      this.#head = Math.max(this.#head, head)
      this.#hand(this.#guard?.offer(events) ?? [])
    } else if (early.length + events.length > EARLY_AT_MOST) {
      // What does not fit is found missing later.
      this.#early = []
    } else early.push(...events)
  }

  /** What `sync` has answered to the position `asked`. */
  take(sync: RoomSync, asked: number, epoch: number): void {
    const guard = this.#guard
    if (guard === null) return
    if ('reset' in sync) {
      const { head, reason } = sync
      if (reason === 'not-member') return this.leave()
      if (reason === 'too-far') this.#skipTo(guard, head)
      else {
        guard.forget(head)
        this.#head = head
        this.#reset(head, reason)
      }
    } else {
      if (sync.from > asked) this.#skipTo(guard, sync.from)
      this.#hand(guard.offer(sync.events))
      // The range is whole by contract; were it not, it would be asked for again for ever.
      this.#skipTo(guard, sync.to)
    }
    this.epoch = epoch
    this.#head = Math.max(this.#head, sync.head)
    this.#endEarly()
  }

  #endEarly(): void {
    const early = this.#early ?? []
    this.#early = null
    this.offer(early.at(-1)?.seq ?? 0, early)
  }

  #skipTo(guard: SequenceGuard<Event>, head: number): void {
    if (head <= guard.position) return
    const due = guard.restart(head)
    this.#reset(head, 'too-far')
    this.#hand(due)
  }

  #hand(events: readonly Event[]): void {
    const last = events.at(-1)
    if (last !== undefined) this.#tell({ position: last.seq, tell: (one) => one.events(events) })
  }

  #reset(head: number, reason: ResetReason): void {
    const position = reason === 'not-member' ? null : head
    this.#tell({ position, tell: (one) => one.reset(head, reason) })
  }

  /** One after the other, also where a listener makes more of them come. */
  #tell(notice: Notice): void {
    if (this.#notices.push(notice) > 1) return
    for (let next: Notice | undefined = notice; next; next = this.#notices[0]) {
      this.position = next.position
      tellEach(this.#listeners, next.tell)
      this.#notices.shift()
    }
  }
}
