import type { Event } from '@parley/message-schema'
import { hideDeletedBy } from './hide-deleted.ts'

/** So many of a room's latest events are kept at hand, for those who resume, and so much text. */
const KEPT = 256
const KEPT_CHARACTERS = 512 * 1024
/** What an event weighs besides its text. */
const ENVELOPE = 300

const weigh = ({ data }: Event): number =>
  ENVELOPE + ('text' in data && data.text !== undefined ? data.text.length : 0)

/** The end of a log: contiguous, forgetting at the front. */
export class EventRing {
  #events: Event[] = []
  #weight = 0

  push(event: Event): void {
    // The log has lost those bodies: so do we, or who resumes would still be handed them.
    this.#events = hideDeletedBy(event, this.#events)
    this.#events.push(event)
    this.#weight += weigh(event)
    if (this.#events.length >= 2 * KEPT || this.#weight > KEPT_CHARACTERS) this.#forgetHalf()
  }

  /** What stood right before, as much of its end as there is room for. */
  prepend(events: readonly Event[]): void {
    let from = events.length
    let weight = this.#weight
    while (from > 0 && this.#events.length + events.length - from < 2 * KEPT - 1) {
      const event = events[from - 1]
      weight += event === undefined ? 0 : weigh(event)
      if (weight > KEPT_CHARACTERS) break
      this.#weight = weight
      from -= 1
    }
    this.#events = [...events.slice(from), ...this.#events]
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
    this.#events = this.#events.slice(Math.floor(this.#events.length / 2))
    this.#weight = this.#events.reduce((sum, event) => sum + weigh(event), 0)
  }
}
