/**
 * Hands on what belongs to one room strictly in order, each `seq` once, whatever arrives twice,
 * late or too early. What is too early is held until the hole before it is filled.
 */
export class SequenceGuard<Item extends { readonly seq: number }> {
  #position: number
  readonly #held = new Map<number, Item>()

  /** `position` is the last `seq` already known. */
  constructor(position: number) {
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  /** Something newer waits for what is missing before it: ask for the missing part. */
  get hasGap(): boolean {
    return this.#held.size > 0
  }

  offer(items: readonly Item[]): Item[] {
    for (const item of items) if (item.seq > this.#position) this.#held.set(item.seq, item)
    return this.#release()
  }

  /** Go on after `position`: everything up to it is known from elsewhere. */
  restart(position: number): Item[] {
    this.#position = position
    for (const seq of this.#held.keys()) if (seq <= position) this.#held.delete(seq)
    return this.#release()
  }

  /** The log itself was replaced: what is held belongs to another one. */
  forget(position: number): void {
    this.#held.clear()
    this.#position = position
  }

  #release(): Item[] {
    const due: Item[] = []
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#held.delete(next.seq)
      this.#position = next.seq
      due.push(next)
    }
    return due
  }

  #next(): Item | undefined {
    return this.#held.get(this.#position + 1)
  }
}
