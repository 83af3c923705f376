import type { Event } from '@parley/message-schema'

/** So many events are kept to bring up to date what was read a moment ago. */
const KEPT = 2_000

/**
 * The last events of a room's log. A page of history says as of which head it was read, and may come
 * later than events after that head: those are applied to it from here.
 */
export class EventTape {
  #events: Event[] = []
  #from: number | null = null
  #position: number | null = null

  /** The last `seq` that was handed on. */
  get position(): number | null {
    return this.#position
  }

  /** The log goes on after `position`, and nothing is known of before. */
  begin(position: number | null): void {
    this.#events = []
    this.#from = position
    this.#position = position
  }

  take(events: readonly Event[]): void {
    const [first] = events
    const last = events.at(-1)
    if (first === undefined || last === undefined) return
    if (this.#position === null || first.seq !== this.#position + 1) this.begin(first.seq - 1)
    for (const event of events) this.#events.push(event)
    this.#position = last.seq
    // In large steps: taking from the front of an array costs its length.
    if (this.#events.length <= KEPT * 2) return
    const dropped = this.#events.splice(0, this.#events.length - KEPT)
    this.#from = dropped.at(-1)?.seq ?? this.#from
  }

  /** What came after `head`; `null` if that is not known any more, or was not known ever. */
  since(head: number): readonly Event[] | null {
    if (this.#position === null || head >= this.#position) return []
    if (this.#from === null || head < this.#from) return null
    return this.#events.slice(head - this.#from)
  }
}
