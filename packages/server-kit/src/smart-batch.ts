export interface SmartBatchOptions<Item, Result> {
  /** One result an item, in their order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly maxBatch: number
  /** Beyond this many waiting, `add` refuses. */
  readonly maxQueued: number
  /** Ends a batch early when its weight would pass `maxWeight`. */
  readonly weigh?: (item: Item) => number
  readonly maxWeight?: number
  /** For how long an item may wait for others, in ms. Whatever may not wait takes those with it. */
  readonly patience?: (item: Item) => number
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly patientMs: number
  readonly dueAtMs: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Runs at once when nothing is in flight; what comes meanwhile is collected and goes next, together.
 * No timer: an idle batch adds no latency, a busy one grows by itself. One at a time keeps the order.
 * Only items with `patience` are waited with.
 */
export class SmartBatch<Item, Result> {
  readonly #options: SmartBatchOptions<Item, Result>
  #queue: Waiting<Item, Result>[] = []
  #running: Promise<void> | undefined
  /** While it waits: ends that. */
  #goNow: (() => void) | undefined

  constructor(options: SmartBatchOptions<Item, Result>) {
    this.#options = options
  }

  /** `undefined` when too much is waiting: nothing was queued. */
  add(item: Item): Promise<Result> | undefined {
    const { maxBatch, maxQueued, patience } = this.#options
    if (this.#queue.length >= maxQueued) return undefined
    const patientMs = patience?.(item) ?? 0
    const dueAtMs = patientMs > 0 ? Date.now() + patientMs : 0
    const result = new Promise<Result>((resolve, reject) => {
      this.#queue.push({ item, patientMs, dueAtMs, resolve, reject })
    })
    this.#running ??= this.#drain()
    if (patientMs <= 0 || this.#queue.length >= maxBatch) this.#goNow?.()
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
      await this.#gather()
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

  /** Until the first of what waits is due, or something comes that does not wait. */
  async #gather(): Promise<void> {
    const { maxBatch, patience } = this.#options
    if (patience === undefined || this.#queue.length >= maxBatch) return
    const nowMs = Date.now()
    let waitMs = Infinity
    for (const { dueAtMs, patientMs } of this.#queue) {
      // A clock that was set back makes nobody wait for longer.
      waitMs = Math.min(waitMs, patientMs, dueAtMs - nowMs)
    }
    if (waitMs <= 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs)
      this.#goNow = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#goNow = undefined
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
