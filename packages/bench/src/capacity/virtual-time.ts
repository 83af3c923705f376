interface Due {
  readonly atMs: number
  readonly order: number
  readonly wake: () => void
}

/** Time that passes only when nobody has anything left to do now. Equal moments come in the order they were asked for. */
export class VirtualTime {
  #nowMs = 0
  #order = 0
  readonly #heap: Due[] = []

  get nowMs(): number {
    return this.#nowMs
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#order += 1
      this.#push({ atMs: this.#nowMs + Math.max(0, ms), order: this.#order, wake })
    })
  }

  /** Until nobody sleeps any more. */
  async run(): Promise<void> {
    for (;;) {
      // What follows from the last awakening is promises and immediates: they are let run out.
      await new Promise((resolve) => setImmediate(resolve))
      const next = this.#pop()
      if (next === undefined) return
      this.#nowMs = next.atMs
      next.wake()
    }
  }

  #push(due: Due): void {
    const heap = this.#heap
    heap.push(due)
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >> 1
      if (!isBefore(heap[at], heap[parent])) break
      swap(heap, at, parent)
      at = parent
    }
  }

  #pop(): Due | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return first
    heap[0] = last
    for (let at = 0; ;) {
      const left = 2 * at + 1
      const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left
      if (!isBefore(heap[child], heap[at])) return first
      swap(heap, at, child)
      at = child
    }
  }
}

function isBefore(one: Due | undefined, other: Due | undefined): boolean {
  if (one === undefined || other === undefined) return false
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}

function swap(heap: Due[], one: number, other: number): void {
  const kept = heap[one] as Due
  heap[one] = heap[other] as Due
  heap[other] = kept
}

/** So many at a time, the others wait in line. */
export class Servers {
  readonly #time: VirtualTime
  readonly #freeAtMs: number[]

  constructor(time: VirtualTime, count: number) {
    this.#time = time
    this.#freeAtMs = Array.from({ length: count }, () => 0)
  }

  /** Resolves when the work, which takes `ms` of one of them, is done. */
  async serve(ms: number): Promise<void> {
    const earliest = Math.min(...this.#freeAtMs)
    const startsAtMs = Math.max(this.#time.nowMs, earliest)
    this.#freeAtMs[this.#freeAtMs.indexOf(earliest)] = startsAtMs + ms
    await this.#time.sleep(startsAtMs + ms - this.#time.nowMs)
  }
}
