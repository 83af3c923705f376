import { setMaxListeners } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { waitUntil } from '@parley/local-cluster'
import { clockMs } from '../clock.ts'
import { spreadOf, type Spread } from '../figures/statistics.ts'
import { inTurns } from '../peers/in-turns.ts'
import type { ClientPlan, DialectName } from '../subjects/subject.ts'
import { Connection } from './connection.ts'
import { DIALECTS } from './dialects/dialects.ts'
import { Audience } from './audience.ts'
import { Sending, type LoadPlan } from './sending.ts'

export interface ConnectPlan {
  readonly dialect: DialectName
  readonly isOrdered: boolean
  /** Those who read, and nothing else. */
  readonly readers: readonly ClientPlan[]
  /** Those who send. What they are handed is not looked at. */
  readonly senders: readonly ClientPlan[]
}

/** Where it stands. */
export interface Counters {
  readonly atMs: number
  readonly sent: number
  /** Answered as taken. */
  readonly acked: number
  readonly delivered: number
  /** Processor time of this process. */
  readonly cpuUs: number
}

/** What came of a load, after all that was on its way had its time. */
export interface LoadResult {
  readonly sent: number
  readonly acked: number
  readonly refused: number
  /** Neither taken nor refused. */
  readonly unanswered: number
  readonly owed: number
  readonly delivered: number
  /** What was handed over otherwise than it was sent, and connections that ended. Only the first are kept. */
  readonly violations: readonly string[]
  /** From the call to send to where a reader has it, of what was sent between the marks. */
  readonly latencyMs: Spread
  readonly ackMs: Spread
  /** How late this process was, in the worst hundredth of its turns. */
  readonly loopDelayP99Ms: number
}

const RESOLUTION_MS = 5
const AT_ONCE = 64
const DRAIN_MS = 10_000
const MOST_VIOLATIONS = 20
const NS_PER_MS = 1e6

/** All clients of a scenario, in one process with one clock. */
export class LoadGenerator {
  readonly #violations: string[] = []
  #readers: Connection[] = []
  #senders: Connection[] = []
  #audience: Audience | undefined
  #sending: Sending | undefined
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  async connect(plan: ConnectPlan): Promise<void> {
    setMaxListeners(0)
    const dialect = DIALECTS[plan.dialect]
    this.#audience = new Audience({
      dialect,
      isOrdered: plan.isOrdered,
      report: (what) => this.#report(what),
    })
    const audience = this.#audience
    const lost = (why: string): void => this.#report(`A connection was lost: ${why}`)
    this.#readers = plan.readers.map(
      (client) => new Connection({ client, dialect, lost, record: audience.add(client) }),
    )
    this.#senders = plan.senders.map(
      (client) => new Connection({ client, dialect, lost, record: () => undefined }),
    )
    const all = [...this.#readers, ...this.#senders]
    await inTurns(all, AT_ONCE, (connection) => connection.open())
  }

  /** Begins to send, and goes on until `end`. */
  begin(plan: LoadPlan): void {
    this.#violations.length = 0
    if (this.#audience === undefined) throw new Error('Nobody is connected.')
    this.#sending = new Sending(plan, this.#senders)
    this.#audience.begin(this.#sending)
    this.#loop.enable()
    this.#sending.start()
  }

  /** From now on latencies count, if `isMeasured`, or no more. */
  mark(isMeasured: boolean): Counters {
    if (this.#sending === undefined || this.#audience === undefined)
      throw new Error('Nothing is sent.')
    if (isMeasured) this.#loop.reset()
    this.#sending.isMeasured = isMeasured
    const { user, system } = process.cpuUsage()
    const { sent, acked } = this.#sending
    const { delivered } = this.#audience
    return { atMs: clockMs(), sent, acked, delivered, cpuUs: user + system }
  }

  async end(): Promise<LoadResult> {
    const [sending, audience] = [this.#sending, this.#audience]
    if (sending === undefined || audience === undefined) throw new Error('Nothing is sent.')
    const loopDelayP99Ms = Math.max(0, this.#loop.percentile(99) / NS_PER_MS - RESOLUTION_MS)
    this.#loop.disable()
    await sending.stop(DRAIN_MS)
    await waitUntil(async () => audience.delivered >= audience.owed(), { timeoutMs: DRAIN_MS })
    this.#sending = undefined
    return {
      sent: sending.sent,
      acked: sending.acked,
      refused: sending.refused,
      unanswered: sending.sent - sending.acked - sending.refused,
      owed: audience.owed(),
      delivered: audience.delivered,
      violations: [...this.#violations],
      latencyMs: spreadOf(audience.latenciesMs()),
      ackMs: spreadOf(sending.ackMs),
      loopDelayP99Ms,
    }
  }

  /** What went wrong since all were connected, or since it last began to send. */
  violations(): string[] {
    return [...this.#violations]
  }

  close(): void {
    for (const connection of [...this.#readers, ...this.#senders]) connection.close()
  }

  #report(violation: string): void {
    if (this.#violations.length < MOST_VIOLATIONS) this.#violations.push(violation)
  }
}
