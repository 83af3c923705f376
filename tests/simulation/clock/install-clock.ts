import type { Process, VirtualClock } from './virtual-clock.ts'

type Run = (...args: unknown[]) => void

/** An immediate comes after what the process has read already, and before what it reads later. */
const IMMEDIATE_MS = 0.05

/** As a timer of Node. */
class Timer {
  isOver = false
  readonly #clock: VirtualClock
  readonly #owner: Process
  readonly #delayMs: number
  readonly #isRepeated: boolean
  readonly #run: () => void
  #pending: { isCancelled: boolean } | undefined

  constructor(clock: VirtualClock, delayMs: number, isRepeated: boolean, run: () => void) {
    this.#clock = clock
    this.#owner = clock.current
    this.#delayMs = delayMs
    this.#isRepeated = isRepeated
    this.#run = run
    this.refresh()
  }

  refresh(): this {
    if (this.#pending !== undefined) this.#pending.isCancelled = true
    this.#pending = this.#clock.after(this.#owner, this.#delayMs, () => {
      if (this.#isRepeated) this.refresh()
      else this.isOver = true
      this.#run()
    })
    return this
  }

  clear(): void {
    this.isOver = true
    if (this.#pending !== undefined) this.#pending.isCancelled = true
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }
}

const wait = (ms: unknown): number => Math.max(1, Math.floor(Number(ms ?? 1)) || 1)

/** Puts the clock and seeded chance in place of those of the program. Answers what puts them back. */
export function installClock(clock: VirtualClock, random: () => number): () => void {
  const real = {
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    setImmediate,
    clearImmediate,
    Date,
  }
  const { random: realRandom } = Math
  const readPerformance = performance.now.bind(performance)
  const getRandomValues = crypto.getRandomValues.bind(crypto)
  const clear = (timer: unknown): void => {
    if (timer instanceof Timer) timer.clear()
  }
  const VirtualDate = class extends real.Date {
    constructor(...given: [] | [number]) {
      if (given[0] === undefined) super(clock.read())
      else super(given[0])
    }
    static override now(): number {
      return clock.read()
    }
  }
  Object.assign(globalThis, {
    setTimeout: (run: Run, ms?: number, ...args: unknown[]) =>
      new Timer(clock, wait(ms), false, () => run(...args)),
    setInterval: (run: Run, ms?: number, ...args: unknown[]) =>
      new Timer(clock, wait(ms), true, () => run(...args)),
    setImmediate: (run: Run, ...args: unknown[]) =>
      new Timer(clock, IMMEDIATE_MS, false, () => run(...args)),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    Date: VirtualDate,
  })
  // It does not move when a clock is set.
  performance.now = () => clock.sinceStartMs
  Math.random = random
  crypto.getRandomValues = (<Bytes extends Uint8Array>(bytes: Bytes): Bytes => {
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.floor(random() * 256)
    return bytes
  }) as typeof crypto.getRandomValues
  return () => {
    Object.assign(globalThis, real)
    performance.now = readPerformance
    Math.random = realRandom
    crypto.getRandomValues = getRandomValues
  }
}
