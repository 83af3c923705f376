import type { Event } from '@parley/message-schema'

/** Hands the events of the room on in the order of the log, each once; what is early is held. */
export class ChatOrder {
  #position: number
  readonly #held = new Map<number, Event>()

  constructor(position: number) {
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  get hasGap(): boolean {
    return this.#held.size > 0
  }

  offer(events: readonly Event[]): Event[] {
    for (const event of events) if (event.seq > this.#position) this.#held.set(event.seq, event)
    const due: Event[] = []
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#held.delete(next.seq)
      this.#position = next.seq
      due.push(next)
    }
    return due
  }

  restart(position: number): void {
    this.#held.clear()
    this.#position = position
  }

  #next(): Event | undefined {
    return this.#held.get(this.#position + 1)
  }
}
