import type { Event, Message } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { EventTape } from './event-tape.ts'
import type { ReadPage } from './read-page.ts'

export interface RereadPorts {
  readonly read: ReadPage
  readonly tape: EventTape
  /** All that came together. */
  readonly put: (messages: readonly Message[], head: number, since: readonly Event[]) => void
  readonly pause: (ms: number) => Promise<void>
}

interface Wanted {
  readonly seq: number
  readonly atLeast: number
  readonly tries: number
}

const GATHER_MS = 20
/** Between two rounds: one message to which a city reacts is read a few times a second at most. */
const REST_MS = 300
const TRIES = 10
const LONGEST_MS = 30_000
const PAGE = 200
const ABSENT = 1_000

/** Those that are near each other: the log is dense, so a page of their range holds them all. */
function group(wanted: readonly Wanted[]): Wanted[][] {
  const groups: Wanted[][] = []
  for (const one of wanted.toSorted((a, b) => a.seq - b.seq)) {
    const last = groups.at(-1)
    if (last?.[0] !== undefined && one.seq - last[0].seq < PAGE) last.push(one)
    else groups.push([one])
  }
  return groups
}

/**
 * Reads messages anew, in batches: what an event does not say (sealed edits), what cannot be counted
 * exactly (reactions of many), and what is quoted.
 */
export class Reread {
  readonly #ports: RereadPorts
  #wanted = new Map<number, Wanted>()
  readonly #flying = new Map<number, number>()
  readonly #absent = new Set<number>()
  #isRunning = false
  #isStopped = false

  constructor(ports: RereadPorts) {
    this.#ports = ports
  }

  readonly want = (seq: number, atLeast: number): void => {
    const isOnItsWay = (this.#flying.get(seq) ?? -1) >= atLeast
    if (this.#isStopped || isOnItsWay || this.#absent.has(seq)) return
    const known = this.#wanted.get(seq)
    if (known !== undefined && known.atLeast >= atLeast) return
    this.#wanted.set(seq, { seq, atLeast, tries: known?.tries ?? 0 })
    if (!this.#isRunning) void this.#run()
  }

  /** What was asked for is of no use any more. */
  clear(): void {
    this.#wanted.clear()
    this.#absent.clear()
  }

  stop(): void {
    this.#isStopped = true
    this.clear()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    await this.#ports.pause(GATHER_MS)
    while (this.#wanted.size > 0) {
      const round = [...this.#wanted.values()]
      this.#wanted = new Map()
      for (const { seq, atLeast } of round) this.#flying.set(seq, atLeast)
      for (const some of group(round)) await this.#read(some)
      this.#flying.clear()
      const tries = Math.max(0, ...[...this.#wanted.values()].map((one) => one.tries))
      await this.#ports.pause(Math.min(LONGEST_MS, REST_MS * 2 ** tries))
    }
    this.#isRunning = false
  }

  async #read(some: readonly Wanted[]): Promise<void> {
    const first = some[0]?.seq ?? 0
    const last = some.at(-1)?.seq ?? 0
    try {
      const page = await this.#ports.read({ after: first - 1, limit: last - first + 1 })
      const since = this.#ports.tape.since(page.head)
      const found = new Map(page.data.map((message) => [message.seq, message]))
      const isNew = ({ atLeast }: Wanted): boolean => page.head >= atLeast && since !== null
      const fresh = some.filter(isNew)
      this.#again(some.filter((one) => !isNew(one)))
      const messages = fresh.flatMap(({ seq }) => found.get(seq) ?? [])
      for (const { seq } of fresh) if (!found.has(seq)) this.#giveUp(seq)
      if (messages.length > 0 && !this.#isStopped) this.#ports.put(messages, page.head, since ?? [])
    } catch (error) {
      // Who is not in the room now may be later: then they are asked for anew.
      if (!(error instanceof ChatError) || error.isRetryable) this.#again(some)
    }
  }

  #again(some: readonly Wanted[]): void {
    for (const { seq, atLeast, tries } of some) {
      if (tries + 1 >= TRIES || this.#isStopped) continue
      const known = this.#wanted.get(seq)?.atLeast ?? 0
      this.#wanted.set(seq, { seq, atLeast: Math.max(known, atLeast), tries: tries + 1 })
    }
  }

  #giveUp(seq: number): void {
    this.#absent.add(seq)
    const [oldest] = this.#absent
    if (this.#absent.size > ABSENT && oldest !== undefined) this.#absent.delete(oldest)
  }
}
