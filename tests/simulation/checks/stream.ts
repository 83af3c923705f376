import type { Event } from '@parley/message-schema'
import type { MemoryDatabase } from '../log/memory-database.ts'
import { leftAfter, whyNotAllowed, whyNotTrue } from './log-truth.ts'
import type { VirtualClock } from '../clock/virtual-clock.ts'
import type { Report } from './violation.ts'

export interface StreamPorts {
  readonly database: MemoryDatabase
  readonly report: Report
  readonly clock: VirtualClock
  /** What reads too slowly is told heads, and parts with what it has. */
  readonly hasHung: () => boolean
}

/** A log that cannot be read is waited for so long: who is out then misses the end of it. */
const PARTING_MS = 5_000

/** What a bare client is handed of one room, live and as answers: one stream, of which nothing is dropped or put right. */
export class Stream {
  position: number | null = null
  /** Handed something by the connection that there is: it follows the room. */
  #isFollowed = false
  readonly #name: string
  readonly #userId: string
  readonly #roomId: string
  readonly #database: MemoryDatabase
  readonly #report: Report
  readonly #clock: VirtualClock
  readonly #hasHung: () => boolean

  constructor(
    listener: { readonly name: string; readonly userId: string },
    roomId: string,
    { database, report, clock, hasHung }: StreamPorts,
  ) {
    this.#name = `${listener.name} in ${roomId.slice(-4)}`
    this.#userId = listener.userId
    this.#roomId = roomId
    this.#database = database
    this.#report = report
    this.#clock = clock
    this.#hasHung = hasHung
  }

  hear(event: Event): void {
    const { seq } = event
    const next = this.position === null ? seq : this.position + 1
    if (seq !== next) this.#report('C4', `${this.#name} was handed ${seq} after ${this.position}`)
    this.position = seq
    this.#isFollowed = true
    const rows = this.#database.rooms.get(this.#roomId)
    if (rows === undefined) return
    // What is only for the author is not taken down: it is looked at where it is sent.
    const untrue = whyNotTrue(rows, '', event)
    if (untrue !== undefined) this.#report('C7', `${this.#name}: ${untrue}`)
    const forbidden = whyNotAllowed(rows, this.#userId, seq)
    if (forbidden !== undefined) this.#report('C8', `${this.#name}: ${forbidden}`)
  }

  /** Where it goes on; `added`: another membership begins, and nothing of an older one is left out. */
  told(what: string, seq: number, detail?: string): void {
    if (what === 'removed') {
      if (detail === undefined) this.#part()
      this.position = null
    } else if (what === 'starts' || what === 'reset') this.position = seq
    else if (what === 'added') {
      const { position } = this
      this.position = seq
      if (position === null || seq <= position || this.#hasJoined(position, seq)) return
      this.#report('C4', `${this.#name} is to go on after ${seq}, and was at ${position}`)
    }
  }

  disconnected(): void {
    this.#isFollowed = false
  }

  /** Whoever follows the room is handed all that was said while they were in it. */
  #part(): void {
    const { position } = this
    const rows = this.#database.rooms.get(this.#roomId)
    if (position === null || rows === undefined || !this.#isFollowed || this.#hasHung()) return
    const leftAt = leftAfter(rows, this.#userId, position)
    if (leftAt === undefined || leftAt === position + 1) return
    const leftAtMs = Date.parse(rows.committed[leftAt - 1]?.ts ?? '')
    if (this.#clock.nowMs - leftAtMs >= PARTING_MS) return
    this.#report('C4', `${this.#name} is out after ${position}, and left at ${leftAt}`)
  }

  #hasJoined(after: number, seq: number): boolean {
    const committed = this.#database.rooms.get(this.#roomId)?.committed ?? []
    return committed
      .slice(after, seq + 1)
      .some(
        ({ type, data }) =>
          type === 'member:joined' && (data as { userId: string }).userId === this.#userId,
      )
  }
}
