/** Everything that the readers of one process were handed. Raw: percentiles are made of all together. */
export interface Deliveries {
  /** The first receipt of each reader and message: which message, and how long it took. */
  readonly numbers: Uint32Array
  readonly latenciesMs: Float64Array
  readonly doubled: number
  /** A message that came after one that was sent later. */
  readonly reordered: number
  /** Texts that are none of this run. */
  readonly foreign: number
}

/** What one reader has had. */
interface Had {
  readonly numbers: Set<number>
  highest: number
}

export class DeliveryRecord {
  readonly #had = new Map<number, Had>()
  #numbers: number[] = []
  #latenciesMs: number[] = []
  #doubled = 0
  #reordered = 0
  #foreign = 0

  get count(): number {
    return this.#numbers.length
  }

  take(reader: number, number: number, latencyMs: number): void {
    const had = this.#had.get(reader) ?? { numbers: new Set<number>(), highest: -1 }
    this.#had.set(reader, had)
    if (had.numbers.has(number)) {
      this.#doubled += 1
      return
    }
    if (number < had.highest) this.#reordered += 1
    had.highest = Math.max(had.highest, number)
    had.numbers.add(number)
    this.#numbers.push(number)
    this.#latenciesMs.push(latencyMs)
  }

  takeForeign(): void {
    this.#foreign += 1
  }

  /** Forgets what was before. */
  begin(): void {
    this.#had.clear()
    this.#numbers = []
    this.#latenciesMs = []
    this.#doubled = 0
    this.#reordered = 0
    this.#foreign = 0
  }

  read(): Deliveries {
    return {
      numbers: Uint32Array.from(this.#numbers),
      latenciesMs: Float64Array.from(this.#latenciesMs),
      doubled: this.#doubled,
      reordered: this.#reordered,
      foreign: this.#foreign,
    }
  }
}
