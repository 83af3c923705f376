import type { Event } from '@parley/message-schema'

/** So many of a room's latest events are kept at hand, for those who resume. */
const KEPT = 256

/** The end of a log: contiguous, forgetting at the front. */
export class EventRing {
  #events: Event[] = []

  push(event: Event): void {
    this.#events.push(event)
    // Forgetting in halves keeps `push` cheap without a true ring's index arithmetic.
    if (this.#events.length >= 2 * KEPT) this.#events = this.#events.slice(-KEPT)
  }

  /** Everything after `seq`, or `undefined` if its first is no longer (or not yet) here. */
  after(seq: number): readonly Event[] | undefined {
    const first = this.#events[0]?.seq
    if (first === undefined || seq + 1 < first) return undefined
    const events = this.#events.slice(seq + 1 - first)
    return events.length > 0 ? events : undefined
  }
}
