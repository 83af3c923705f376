export interface KeyedBatchOptions<Item, Result> {
  /** Items of one key are never in two batches at the same time, and keep their order. */
  readonly keyOf: (item: Item) => string
  /** One result an item, in their order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly maxBatch: number
  /** Beyond this many waiting, `add` refuses. */
  readonly maxQueued: number
  /** Ends a batch early when its weight would pass `maxWeight`. */
  readonly weigh: (item: Item) => number
  readonly maxWeight: number
  /** Batches in flight at the same time, but for those that have taken `lateMs`. */
  readonly atOnce: number
  readonly lateMs: number
  /** Batches in flight at the same time, with the late ones. */
  readonly atMost: number
  /**
   * Where several come at a time, a batch of fewer than `enough` begins no sooner than so long after the one before,
   * in ms.
   */
  readonly everyMs: number
  readonly enough: number
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Few batches, each of whatever waits: the busier it is, the larger they are. What comes alone goes at once, and
 * one that takes long keeps only its own keys waiting.
 */
export class KeyedBatch<Item, Result> {
  readonly #options: KeyedBatchOptions<Item, Result>
  /** What waits, by its key; the key that has waited longest comes first. */
  readonly #ready = new Map<string, Waiting<Item, Result>[]>()
  /** Keys of what is in flight, and what waits for it to end. */
  readonly #busy = new Map<string, Waiting<Item, Result>[]>()
  #inFlight = 0
  #prompt = 0
  #queued = 0
  #begunAtMs = -Infinity
  /** Of the batch that was begun last. */
  #size = 0
  #isStarting = false
  #isPausing = false
  #whenIdle: (() => void)[] = []

  constructor(options: KeyedBatchOptions<Item, Result>) {
    this.#options = options
  }

  /** `undefined` when too much is waiting: nothing was queued. */
  add(item: Item): Promise<Result> | undefined {
    if (this.#queued >= this.#options.maxQueued) return undefined
    this.#queued += 1
    const result = new Promise<Result>((resolve, reject) => {
      const key = this.#options.keyOf(item)
      const behind = this.#busy.get(key) ?? this.#ready.get(key)
      if (behind === undefined) this.#ready.set(key, [{ item, resolve, reject }])
      else behind.push({ item, resolve, reject })
    })
    this.#startSoon()
    return result
  }

  get queued(): number {
    return this.#queued
  }

  async idle(): Promise<void> {
    if (this.#inFlight === 0 && this.#queued === 0) return
    await new Promise<void>((resolve) => {
      this.#whenIdle.push(resolve)
    })
  }

  /** What is added in the same turn of the event loop goes together. */
  #startSoon(): void {
    if (this.#isStarting) return
    this.#isStarting = true
    queueMicrotask(() => {
      this.#isStarting = false
      this.#start()
    })
  }

  #start(): void {
    const { atOnce, atMost } = this.#options
    while (this.#ready.size > 0 && this.#prompt < atOnce && this.#inFlight < atMost) {
      if (!this.#areEnough() && this.#pauses()) return
      this.#begunAtMs = performance.now()
      const batch = this.#takeBatch()
      this.#size = batch.length
      void this.#run(batch)
    }
  }

  /** Of what may begin now. */
  #areEnough(): boolean {
    const { enough } = this.#options
    let count = 0
    for (const waiting of this.#ready.values()) {
      count += waiting.length
      if (count >= enough) return true
    }
    return false
  }

  /** Begins later, if it has to. One who asks again as soon as there is an answer has nobody to wait for. */
  #pauses(): boolean {
    const { everyMs } = this.#options
    if (this.#isPausing) return true
    const areSeveral = this.#prompt > 0 || this.#size > 1
    const waitMs = this.#begunAtMs + everyMs - performance.now()
    if (!areSeveral || waitMs <= 0) return false
    this.#isPausing = true
    setTimeout(() => {
      this.#isPausing = false
      this.#start()
    }, Math.ceil(waitMs))
    return true
  }

  async #run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.#inFlight += 1
    this.#prompt += 1
    let isPrompt = true
    const noLongerPrompt = (): void => {
      if (isPrompt) this.#prompt -= 1
      isPrompt = false
    }
    const timer = setTimeout(() => {
      noLongerPrompt()
      this.#start()
    }, this.#options.lateMs)
    try {
      const results = await this.#options.run(batch.map(({ item }) => item))
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result)
    } catch (error) {
      for (const waiting of batch) waiting.reject(error)
    } finally {
      clearTimeout(timer)
      noLongerPrompt()
      this.#inFlight -= 1
      this.#release(batch)
      this.#start()
      if (this.#inFlight === 0 && this.#queued === 0) {
        for (const tell of this.#whenIdle.splice(0)) tell()
      }
    }
  }

  /** Keys that are taken are busy, with what of them did not fit. */
  #takeBatch(): Waiting<Item, Result>[] {
    const { maxBatch, weigh, maxWeight } = this.#options
    const batch: Waiting<Item, Result>[] = []
    let weight = 0
    for (const [key, waiting] of this.#ready) {
      let count = 0
      for (const { item } of waiting) {
        weight += weigh(item)
        const taken = batch.length + count
        if (taken >= maxBatch || (taken > 0 && weight > maxWeight)) break
        count += 1
      }
      if (count === 0) break
      this.#ready.delete(key)
      batch.push(...waiting.splice(0, count))
      this.#busy.set(key, waiting)
    }
    this.#queued -= batch.length
    return batch
  }

  #release(batch: readonly Waiting<Item, Result>[]): void {
    for (const { item } of batch) {
      const key = this.#options.keyOf(item)
      const waiting = this.#busy.get(key)
      this.#busy.delete(key)
      if (waiting !== undefined && waiting.length > 0) this.#ready.set(key, waiting)
    }
  }
}
