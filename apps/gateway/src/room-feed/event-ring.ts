import { hideErased, tombstoneOf, type Event } from '@parley/message-schema'

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
    if (event.type === 'message:deleted' && event.ref !== undefined) this.#erase(event.ref)
    const erasedTo = event.type === 'room:updated' ? event.data.erasedTo : undefined
    if (erasedTo !== undefined) {
      this.#events = this.#events.map((one) => hideErased(one, erasedTo))
    }
    this.#events.push(event)
    this.#weight += weigh(event)
    if (this.#events.length >= 2 * KEPT || this.#weight > KEPT_CHARACTERS) this.#forgetHalf()
  }

  /** The log has lost the bodies of this message: so do we, or who resumes would still be handed them. */
  #erase(seq: number): void {
    const isOfIt = (event: Event): boolean =>
      (event.type === 'message:created' && event.seq === seq) ||
      (event.type === 'message:updated' && event.ref === seq)
    this.#events = this.#events.map((event) => (isOfIt(event) ? tombstoneOf(event) : event))
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
