import { clockMs } from '../clock.ts'
import type { Connection } from './connection.ts'
import { textOf } from './message-text.ts'

/** How much is said, by whom, in which rooms. */
export interface LoadPlan {
  /** Messages a second of all together, whatever becomes of them; or as fast as answers come. */
  readonly pace: { readonly perSecond: number } | { readonly inFlight: number }
  readonly textLength: number
  /** Message `n` goes to room `n` modulo their number, by one of those who send there, always in turn. */
  readonly rooms: readonly string[]
}

const TICK_MS = 1
/** Behind by more than this the load is not what it was said to be: it goes on from now. */
const MOST_BEHIND_S = 1

/** A load while it is sent. */
export class Sending {
  isMeasured = false
  sent = 0
  acked = 0
  refused = 0
  readonly ackMs: number[] = []
  readonly plan: LoadPlan
  /** When message `n` was sent, by `clockMs`. */
  readonly sentMs: number[] = []
  readonly #isCounted: boolean[] = []
  readonly #refusedNumbers = new Set<number>()
  readonly #senders: readonly (readonly Connection[])[]
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(plan: LoadPlan, senders: readonly Connection[]) {
    this.plan = plan
    this.#senders = plan.rooms.map((room) =>
      senders.filter(({ client }) => client.rooms.includes(room)),
    )
    const silent = plan.rooms.find((_, index) => this.#senders[index]?.length === 0)
    if (silent !== undefined) throw new Error(`Nobody sends in room ${silent}.`)
  }

  start(): void {
    const { pace } = this.plan
    if ('perSecond' in pace) return this.#tick(pace.perSecond, clockMs(), 0)
    for (let n = 0; n < pace.inFlight; n += 1) this.#sendNext()
  }

  /** Resolves when all is answered, or the time is over. */
  async stop(timeoutMs: number): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    const untilMs = clockMs() + timeoutMs
    while (this.acked + this.refused < this.sent && clockMs() < untilMs) {
      await new Promise((resolve) => {
        setTimeout(resolve, TICK_MS)
      })
    }
  }

  roomOf = (number: number): string => this.plan.rooms[number % this.plan.rooms.length] ?? ''

  /** What it must say, if it was sent. */
  expected = (number: number): string | undefined =>
    number < this.sent ? textOf(number, this.plan.textLength) : undefined

  senderOf = (number: number): number => {
    const { length } = this.plan.rooms
    const senders = this.#senders[number % length]?.length ?? 1
    return Math.floor(number / length) % senders
  }

  /** Latencies of it count. */
  isCounted = (number: number): boolean => this.#isCounted[number] === true

  /** Messages that were sent to the room and not refused. */
  takenIn(room: string): number {
    const { rooms } = this.plan
    const index = rooms.indexOf(room)
    let count = index < 0 ? 0 : Math.ceil((this.sent - index) / rooms.length)
    for (const number of this.#refusedNumbers) if (this.roomOf(number) === room) count -= 1
    return Math.max(0, count)
  }

  #tick(perSecond: number, startedMs: number, done: number): void {
    const due = Math.floor(((clockMs() - startedMs) / 1_000) * perSecond)
    const missed = Math.max(0, due - done - MOST_BEHIND_S * perSecond)
    for (let n = done + missed; n < due; n += 1) this.#sendNext()
    if (this.#isStopped) return
    this.#timer = setTimeout(() => this.#tick(perSecond, startedMs, due), TICK_MS)
  }

  #sendNext(): void {
    if (this.#isStopped) return
    const number = this.sent
    const room = this.roomOf(number)
    const senders = this.#senders[number % this.plan.rooms.length] ?? []
    const connection = senders[this.senderOf(number)]
    const text = textOf(number, this.plan.textLength)
    const sentMs = clockMs()
    this.sent += 1
    this.sentMs.push(sentMs)
    this.#isCounted.push(this.isMeasured)
    connection?.send(room, text, (isTaken) => {
      if (isTaken) this.acked += 1
      else {
        this.refused += 1
        this.#refusedNumbers.add(number)
      }
      if (this.#isCounted[number] === true) this.ackMs.push(clockMs() - sentMs)
      if ('inFlight' in this.plan.pace) this.#sendNext()
    })
  }
}
