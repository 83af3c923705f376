import { Gauge, Histogram, type Registry } from '@parley/server-kit'
import type { SearchTodo } from '../db/search/search-todo.ts'
import type { Enqueue, Job, LogConsumer } from '../jobs/job.ts'
import { createIndexRooms, firstOfRooms, type IndexPorts } from './index-ranges.ts'

export interface SearchJobPorts extends Omit<IndexPorts, 'todo' | 'onIndexed'> {
  readonly todo: SearchTodo
  readonly enqueue: Enqueue
  readonly metrics: Registry
}

const NAME = 'search-index'
/** What Redis lost is found again after this long. */
const SWEEP_MS = 5_000

/** Notes which rooms have news, and indexes them beside everything else that hears of the log. */
export function createSearchJobs(ports: SearchJobPorts): {
  readonly jobs: readonly Job<never>[]
  readonly consumers: readonly LogConsumer[]
} {
  const { todo, enqueue, metrics } = ports
  const lag = new Histogram({
    name: 'parley_search_lag_seconds',
    help: 'From the sending of a message until it is found.',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3_600],
    registers: [metrics],
  })
  const waitingRooms = new Gauge({
    name: 'parley_search_waiting_rooms',
    help: 'Rooms with messages that are not in the search index yet.',
    registers: [],
    async collect() {
      // Asked for when somebody looks; without a database there is nothing to say.
      const waiting = await todo.waiting().catch(() => undefined)
      if (waiting !== undefined) this.set(waiting.rooms)
    },
  })
  metrics.registerMetric(waitingRooms)
  const indexRooms = createIndexRooms({ ...ports, onIndexed: (seconds) => lag.observe(seconds) })
  return {
    jobs: [
      {
        name: NAME,
        queue: 'search',
        concurrency: 2,
        everyMs: SWEEP_MS,
        run: (_data, signal) => indexRooms(signal),
      },
    ],
    consumers: [
      {
        name: 'search',
        async consume(ranges) {
          await todo.mark(firstOfRooms(ranges))
          await enqueue(NAME, [{ data: {}, onceId: 'all' }])
        },
      },
    ],
  }
}
