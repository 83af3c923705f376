import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@parley/server-kit'
import type { LogConsumer, RoomRange } from './job.ts'
import { mergeRanges } from './merge-ranges.ts'

export interface OutboxRow {
  readonly id: number
  readonly ranges: readonly RoomRange[]
  readonly ageMs: number
}

export interface OutboxStore {
  /**
   * Hands over the oldest rows that nobody else has taken, and deletes them if `handOver` resolves.
   * Answers how many they were.
   */
  readonly take: (
    limit: number,
    except: readonly number[],
    handOver: (rows: readonly OutboxRow[]) => Promise<void>,
  ) => Promise<number>
}

export interface PumpPorts {
  readonly store: OutboxStore
  readonly consumers: readonly LogConsumer[]
  readonly logger: Logger
  readonly onBatch?: (rows: readonly OutboxRow[]) => void
  readonly onFailure?: (consumer: string) => void
}

export interface OutboxPump {
  /** Ends after the batch in hand. */
  readonly stop: () => Promise<void>
}

const BATCH_ROWS = 200
const IDLE_MS = 200
/** Where more is likely to follow it is gathered: a look costs as much for one row as for fifty. */
const BUSY_MS = 500
const LONGEST_BACKOFF_MS = 5_000
/** A row that a consumer refuses does not hold up those behind it. */
const FIRST_PUT_OFF_MS = 250
const LONGEST_PUT_OFF_MS = 30_000
const PUT_OFF_ROWS = 100

class ConsumerError extends Error {
  readonly consumer: string

  constructor(consumer: string, cause: unknown) {
    super(`The consumer '${consumer}' failed.`, { cause })
    this.consumer = consumer
  }
}

/** Rows that failed alone, with the time until which they are passed by. Bounded. */
class PutOff {
  readonly #rows = new Map<number, { failures: number; until: number }>()

  ids(): number[] {
    const now = Date.now()
    return [...this.#rows].filter(([, { until }]) => until > now).map(([id]) => id)
  }

  /** False when there are too many: then it is not the rows that are wrong. */
  add(id: number): boolean {
    const failures = (this.#rows.get(id)?.failures ?? 0) + 1
    this.#rows.delete(id)
    if (this.#rows.size >= PUT_OFF_ROWS) return false
    const waitMs = Math.min(FIRST_PUT_OFF_MS * 2 ** (failures - 1), LONGEST_PUT_OFF_MS)
    this.#rows.set(id, { failures, until: Date.now() + waitMs })
    return true
  }

  taken(rows: readonly OutboxRow[]): void {
    if (this.#rows.size > 0) for (const { id } of rows) this.#rows.delete(id)
  }
}

/** Moves what the log has committed to its consumers, for ever. A look costs one indexed read. */
export function startOutboxPump(ports: PumpPorts): OutboxPump {
  const { store, consumers, logger } = ports
  const stopping = new AbortController()
  const putOff = new PutOff()
  let limit = BATCH_ROWS
  let failures = 0
  /** What the last look has found. */
  let inHand: readonly OutboxRow[] = []

  async function handOver(rows: readonly OutboxRow[]): Promise<void> {
    inHand = rows
    const ranges = mergeRanges(rows.flatMap((row) => row.ranges))
    const results = await Promise.allSettled(
      consumers.map(async ({ name, consume }) => {
        try {
          await consume(ranges)
        } catch (error) {
          ports.onFailure?.(name)
          throw new ConsumerError(name, error)
        }
      }),
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
    ports.onBatch?.(rows)
  }

  /** The one that is refused, or that takes too long, is found by halving. False: it was found. */
  function halve(rows: readonly OutboxRow[]): boolean {
    const [row] = rows
    if (rows.length === 1 && row !== undefined && putOff.add(row.id)) return false
    if (rows.length > 0) limit = Math.max(1, Math.floor(rows.length / 2))
    return true
  }

  /** How long to wait before the next look. */
  async function look(): Promise<number> {
    inHand = []
    try {
      const taken = await store.take(limit, putOff.ids(), handOver)
      putOff.taken(inHand)
      failures = 0
      const wasFull = taken === limit
      limit = Math.min(BATCH_ROWS, limit * 2)
      return wasFull ? 0 : taken > 0 ? BUSY_MS : IDLE_MS
    } catch (error) {
      failures += 1
      const backoffMs = Math.min(IDLE_MS * 2 ** Math.min(failures, 8), LONGEST_BACKOFF_MS)
      const rows = inHand.length
      if (error instanceof ConsumerError) {
        logger.warn({ err: error, consumer: error.consumer, rows }, 'ranges were not taken')
      } else {
        logger.warn({ err: error, rows }, 'the outbox could not be read')
      }
      // Also of a connection that was lost meanwhile: fewer rows are handed over in less time.
      return halve(inHand) ? backoffMs : 0
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const waitMs = await look()
      if (waitMs > 0) {
        await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
