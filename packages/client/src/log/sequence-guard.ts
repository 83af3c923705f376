/** Held at most, of one room: more than that is asked for again rather than kept. */
const HELD_AT_MOST = 500

/**
 * Hands on what belongs to one room strictly in order, each `seq` once, whatever arrives twice, late or
 * too early. What is too early is held until the hole before it is filled.
 */
export class SequenceGuard<Item extends { readonly seq: number }> {
  readonly #held = new Map<number, Item>()
  /** The furthest that was dropped for want of room: known to exist, so there is a gap up to it. */
  #dropped = 0
  #position: number
  readonly #limit: number

  /** `position` is the last `seq` that is known already. */
  constructor(position: number, limit = HELD_AT_MOST) {
    this.#position = position
    this.#limit = limit
  }

  get position(): number {
    return this.#position
  }

  /** Something newer is known of than what was handed on: ask for what is missing. */
  get hasGap(): boolean {
    return this.#held.size > 0 || this.#dropped > this.#position
  }

  offer(items: readonly Item[]): Item[] {
    const held = this.#held
    const due: Item[] = []
    for (const item of items) {
      if (item.seq > this.#position) held.set(item.seq, item)
      this.#release(due)
      if (held.size <= this.#limit) continue
      this.#dropped = Math.max(this.#dropped, ...held.keys())
      held.clear()
    }
    return due
  }

  /** Goes on after `position`: what is up to it is known from elsewhere, or not to be had. */
  restart(position: number): Item[] {
    this.#position = position
    for (const seq of this.#held.keys()) if (seq <= position) this.#held.delete(seq)
    return this.#release([])
  }

  /** The log itself is another one: what is held is not of it. */
  forget(position: number): void {
    this.#held.clear()
    this.#dropped = 0
    this.#position = position
  }

  #release(due: Item[]): Item[] {
    const held = this.#held
    for (let next = held.get(this.#position + 1); next; next = held.get(next.seq + 1)) {
      this.#position = next.seq
      held.delete(next.seq)
      due.push(next)
    }
    return due
  }
}
