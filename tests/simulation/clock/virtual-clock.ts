import { EventHeap, type Scheduled } from './event-heap.ts'

/** Something that dies as a whole: a gateway, an API replica, a page. Its timers die with it. */
export interface Process {
  readonly name: string
  isDead: boolean
  /** Its clock is wrong by so much. */
  skewMs: number
}

export const newProcess = (name: string, skewMs = 0): Process => ({ name, isDead: false, skewMs })

interface Pending extends Scheduled {
  readonly owner: Process
  readonly run: () => void
}

/** What goes on while nothing happens: nobody's. */
export const NOBODY = newProcess('nobody')
const START_MS = Date.parse('2026-01-01T00:00:00.000Z')
/** More than any schedule has: whoever goes round in circles is seen. */
const EVENTS_AT_MOST = 200_000
/** Events of one round of the real event loop. */
const AT_ONCE = 64
const realImmediate = setImmediate

/**
 * Time that passes only where nothing happens. Whatever runs is an event of one process, and so is all
 * that its promises do before the next event begins: no process runs code of another one.
 */
export class VirtualClock {
  nowMs = START_MS
  current: Process = NOBODY
  events = 0
  /** Thrown by an event, where no code of ours caught it. */
  readonly thrown: unknown[] = []
  readonly #heap = new EventHeap<Pending>()
  #count = 0

  get sinceStartMs(): number {
    return this.nowMs - START_MS
  }

  /** `now()` of the process that runs. */
  readonly read = (): number => Math.floor(this.nowMs + this.current.skewMs)

  after(owner: Process, delayMs: number, run: () => void): Pending {
    this.#count += 1
    const atMs = this.nowMs + Math.max(0, delayMs)
    const pending = { atMs, nth: this.#count, isCancelled: false, owner, run }
    this.#heap.push(pending)
    return pending
  }

  /** Resolves in an event of the process that asks. */
  readonly sleep = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      this.after(this.current, delayMs, resolve)
    })

  /** Until so much time has passed, or `isDone` after an event. */
  async run(forMs: number, isDone: () => boolean = () => false): Promise<void> {
    const untilMs = this.nowMs + forMs
    await new Promise<void>((resolve, reject) => {
      let isOver = false
      const step = (): void => {
        if (isOver) return
        if (!isDone() && this.events < EVENTS_AT_MOST && this.#step(untilMs)) return
        isOver = true
        this.current = NOBODY
        if (this.events < EVENTS_AT_MOST) resolve()
        else
          reject(new Error(`More than ${EVENTS_AT_MOST} events: something goes round in circles.`))
      }
      // Promises are done with between two immediates of one round.
      const round = (): void => {
        if (isOver) return
        for (let n = 0; n < AT_ONCE; n += 1) realImmediate(step)
        realImmediate(round)
      }
      round()
    })
  }

  #step(untilMs: number): boolean {
    for (let next = this.#heap.next; next !== undefined; next = this.#heap.next) {
      if (next.atMs > untilMs) break
      this.#heap.pop()
      if (next.isCancelled || next.owner.isDead) continue
      this.nowMs = Math.max(this.nowMs, next.atMs)
      this.current = next.owner
      this.events += 1
      try {
        next.run()
      } catch (error) {
        this.thrown.push(error)
      }
      return true
    }
    this.nowMs = Math.max(this.nowMs, untilMs)
    return false
  }
}
