import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks'
import { LeasedHash } from './leased-hash.ts'
import type { Logger } from './logger.ts'
import type { Redis } from './redis.ts'

const EVERY_MS = 3_000
/** Two reports may be lost. Who is killed is gone from the list after this. */
const LEASE_MS = 10_000
/** As seldom as tells something: a timer wakes an idle process. */
const LOOK_MS = 100
const NANOSECONDS = 1e6

export interface Measured {
  readonly eventLoopP99Ms: number
  readonly sinceMs: number
}

export interface ProcessReporterPorts {
  readonly redis: Redis
  /** Of the hashes of all processes. */
  readonly prefix: string
  /** Unique in all processes that ever were. */
  readonly owner: string
  readonly read: (measured: Measured) => Promise<object> | object
  readonly logger: Logger
}

/** The field of a report, for `readLeased`. */
export const REPORT_FIELD = 'report'

/** Says every few seconds how this process is. Costs a few commands; without Redis nothing is said. */
export class ProcessReporter {
  readonly #ports: ProcessReporterPorts
  readonly #hash: LeasedHash
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: LOOK_MS })
  #timer: NodeJS.Timeout | undefined
  #saidAt = performance.now()
  #saying: Promise<void> | undefined

  constructor(ports: ProcessReporterPorts) {
    const { redis, prefix, owner } = ports
    this.#ports = ports
    this.#hash = new LeasedHash({ redis, prefix, owner, leaseMs: LEASE_MS })
  }

  start(): void {
    this.#delay.enable()
    this.#timer = setInterval(() => this.say(), EVERY_MS)
    this.say()
  }

  /** Now, for who has just changed. */
  say(): void {
    this.#saying ??= this.#say().finally(() => {
      this.#saying = undefined
    })
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#delay.disable()
    await this.#saying
    if (this.#ports.redis.status === 'ready') await this.#hash.leave(1).catch(() => undefined)
  }

  async #say(): Promise<void> {
    const { redis, read, logger } = this.#ports
    try {
      const report = await read(this.#measure())
      if (redis.status !== 'ready') return
      await this.#hash.write(new Map([[REPORT_FIELD, JSON.stringify(report)]]))
      await this.#hash.beat(Date.now())
    } catch (error) {
      logger.debug({ err: error }, 'how this process is was not told')
    }
  }

  #measure(): Measured {
    const now = performance.now()
    const sinceMs = Math.max(1, now - this.#saidAt)
    const late = this.#delay.count === 0 ? 0 : this.#delay.percentile(99) / NANOSECONDS - LOOK_MS
    this.#delay.reset()
    this.#saidAt = now
    return { sinceMs, eventLoopP99Ms: Math.max(0, Math.round(late * 10) / 10) }
  }
}
