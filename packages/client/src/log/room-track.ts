import type { Event, ResetReason, RoomSync } from '@parley/message-schema'
import { reportError } from '../store.ts'
import type { LogListener, RoomLog } from './room-log.ts'
import { SequenceGuard } from './sequence-guard.ts'

type Notice =
  | { readonly events: readonly Event[] }
  | { readonly head: number; readonly reason: ResetReason }

export interface RoomTrackPorts {
  readonly told: (events: number) => void
  readonly reset: (roomId: string, head: number, reason: ResetReason) => void
}

/** Kept while it is not known whether the positions are of the same log still. */
const EARLY_AT_MOST = 500

/** Where one room stands, and who listens to it. */
export class RoomTrack implements RoomLog {
  readonly roomId: string
  /** Of the log that the position belongs to; `null`: not known. */
  epoch: number | null = null
  /** The furthest `seq` that was heard of. */
  head = 0
  #guard: SequenceGuard<Event> | null = null
  #position: number | null = null
  /** Set while the session is of another epoch than the position: what comes then is not applied. */
  #early: Event[] | null = null
  readonly #listeners = new Set<LogListener>()
  readonly #notices: Notice[] = []
  #isTelling = false
  readonly #ports: RoomTrackPorts

  constructor(roomId: string, ports: RoomTrackPorts) {
    this.roomId = roomId
    this.#ports = ports
  }

  get position(): number | null {
    return this.#position
  }

  /** What `sync` is to go on from: of what is taken in, whether or not all have been told. */
  get reached(): number | null {
    return this.#guard?.position ?? null
  }

  get hasGap(): boolean {
    return this.#early === null && this.#guard?.hasGap === true
  }

  get isBehind(): boolean {
    return this.#guard !== null && (this.#guard.hasGap || this.head > this.#guard.position)
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
    this.head = head
    this.#early = null
    this.#tell({ head, reason: 'too-far' })
  }

  leave(): void {
    if (this.#guard === null) return
    this.#guard = null
    this.#early = null
    this.head = 0
    this.#tell({ head: 0, reason: 'not-member' })
  }

  /** A session of this epoch begins. */
  expect(epoch: number): void {
    this.epoch ??= epoch
    if (this.#guard === null) return
    if (this.epoch === epoch) this.#endEarly()
    else this.#early ??= []
  }

  offer(events: readonly Event[], head: number): void {
    if (this.#guard === null) return
    if (this.#early !== null) {
      // What does not fit is found missing later.
      if (this.#early.length + events.length > EARLY_AT_MOST) this.#early = []
      else this.#early.push(...events)
      return
    }
    this.head = Math.max(this.head, head)
    this.#hand(this.#guard.offer(events))
  }

  /** Answers whether it is beyond what was taken in. */
  hear(head: number): boolean {
    if (this.#guard === null || this.#early !== null) return false
    this.head = Math.max(this.head, head)
    return head > this.#guard.position
  }

  /** What `sync` has answered to the position `asked`. */
  take(sync: RoomSync, asked: number, epoch: number): void {
    const guard = this.#guard
    if (guard === null) return
    if ('reset' in sync) {
      if (sync.reason === 'not-member') return this.leave()
      if (sync.reason === 'too-far') this.#skipTo(guard, sync.head)
      else this.#replace(guard, sync.head, sync.reason)
    } else {
      if (sync.from > asked) this.#skipTo(guard, sync.from)
      this.#hand(guard.offer(sync.events))
      // The range is whole by contract; were it not, it would be asked for again for ever.
      this.#skipTo(guard, sync.to)
    }
    this.epoch = epoch
    this.head = Math.max(this.head, sync.head)
    this.#endEarly()
  }

  #endEarly(): void {
    const early = this.#early
    this.#early = null
    if (early !== null && early.length > 0) this.offer(early, early.at(-1)?.seq ?? 0)
  }

  #skipTo(guard: SequenceGuard<Event>, head: number): void {
    if (head <= guard.position) return
    const due = guard.restart(head)
    this.#tell({ head, reason: 'too-far' })
    this.#hand(due)
  }

  #replace(guard: SequenceGuard<Event>, head: number, reason: 'epoch' | 'ahead'): void {
    guard.forget(head)
    this.head = head
    this.#tell({ head, reason })
  }

  #hand(events: readonly Event[]): void {
    if (events.length > 0) this.#tell({ events })
  }

  /** One after the other, also where a listener makes more of them come. */
  #tell(notice: Notice): void {
    this.#notices.push(notice)
    if (this.#isTelling) return
    this.#isTelling = true
    for (let next = this.#notices.shift(); next !== undefined; next = this.#notices.shift()) {
      this.#tellOne(next)
    }
    this.#isTelling = false
  }

  #tellOne(notice: Notice): void {
    if ('events' in notice) {
      this.#position = notice.events.at(-1)?.seq ?? this.#position
      this.#ports.told(notice.events.length)
    } else {
      this.#position = notice.reason === 'not-member' ? null : notice.head
      this.#ports.reset(this.roomId, notice.head, notice.reason)
    }
    for (const listener of new Set(this.#listeners)) {
      try {
        if ('events' in notice) listener.events(notice.events)
        else listener.reset(notice.head, notice.reason)
      } catch (error) {
        reportError(error)
      }
    }
  }
}
