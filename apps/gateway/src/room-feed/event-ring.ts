import type { Event } from '@parley/message-schema'
import { bytesOf } from './event-bytes.ts'
import { hideDeletedBy } from './hide-deleted.ts'

/** So many of a room's latest events are kept at hand, for those who resume, and so much of what is in them. */
const KEPT = 256
const KEPT_BYTES = 512 * 1024

/** The end of a log: contiguous, forgetting at the front. */
export class EventRing {
  #events: Event[] = []
  /** Of each of them, as it came. */
  #sizes: number[] = []
  #bytes = 0

  push(event: Event): void {
    // The log has lost those bodies: so do we, or who resumes would still be handed them.
    this.#events = hideDeletedBy(event, this.#events)
    this.#events.push(event)
    const bytes = bytesOf(event)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    if (this.#events.length >= 2 * KEPT || this.#bytes > KEPT_BYTES) this.#forgetHalf()
  }

  /** What stood right before, as much of its end as there is room for. */
  prepend(events: readonly Event[]): void {
    const sizes: number[] = []
    for (const event of events.toReversed()) {
      const bytes = bytesOf(event)
      const isFull = this.#events.length + sizes.length >= 2 * KEPT - 1
      if (isFull || this.#bytes + bytes > KEPT_BYTES) break
      this.#bytes += bytes
      sizes.push(bytes)
    }
    this.#events = [...events.slice(events.length - sizes.length), ...this.#events]
    this.#sizes = [...sizes.toReversed(), ...this.#sizes]
  }

  get first(): number | undefined {
    return this.#events[0]?.seq
  }

  /** Everything after `seq`, or `undefined` if its first is no longer (or not yet) here. */
  after(seq: number): readonly Event[] | undefined {
    const first = this.#events[0]?.seq
    if (first === undefined || seq + 1 < first) return undefined
    const events = this.#events.slice(seq + 1 - first)
    return events.length > 0 ? events : undefined
  }

  /** In halves: `push` stays cheap without a true ring's index arithmetic. */
  #forgetHalf(): void {
    const half = Math.floor(this.#events.length / 2)
    this.#events = this.#events.slice(half)
    this.#sizes = this.#sizes.slice(half)
    this.#bytes = this.#sizes.reduce((sum, bytes) => sum + bytes, 0)
  }
}
