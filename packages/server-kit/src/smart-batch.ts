export interface SmartBatchOptions<Item, Result> {
  /** One result an item, in their order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly maxBatch: number
  /** Beyond this many waiting, `add` refuses. */
  readonly maxQueued: number
  /** Ends a batch early when its weight would pass `maxWeight`. */
  readonly weigh?: (item: Item) => number
  readonly maxWeight?: number
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Runs at once when nothing is in flight; what comes meanwhile is collected and goes next, together.
 * No timer: an idle batch adds no latency, a busy one grows by itself. One at a time keeps the order.
 */
export class SmartBatch<Item, Result> {
  readonly #options: SmartBatchOptions<Item, Result>
  #queue: Waiting<Item, Result>[] = []
  #running: Promise<void> | undefined

  constructor(options: SmartBatchOptions<Item, Result>) {
    this.#options = options
  }

  /** `undefined` when too much is waiting: nothing was queued. */
  add(item: Item): Promise<Result> | undefined {
    if (this.#queue.length >= this.#options.maxQueued) return undefined
    const result = new Promise<Result>((resolve, reject) => {
      this.#queue.push({ item, resolve, reject })
    })
    this.#running ??= this.#drain()
    return result
  }

  get queued(): number {
    return this.#queue.length
  }

  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #drain(): Promise<void> {
    // What is added in the same turn of the event loop goes together.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch()
      try {
        const results = await this.#options.run(batch.map(({ item }) => item))
        for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result)
      } catch (error) {
        for (const waiting of batch) waiting.reject(error)
      }
    }
    this.#running = undefined
  }

  #takeBatch(): Waiting<Item, Result>[] {
    const { maxBatch, weigh, maxWeight = Infinity } = this.#options
    let weight = 0
    let count = 0
    for (const { item } of this.#queue) {
      weight += weigh?.(item) ?? 0
      if (count >= maxBatch || (count > 0 && weight > maxWeight)) break
      count += 1
    }
    return this.#queue.splice(0, count)
  }
}
