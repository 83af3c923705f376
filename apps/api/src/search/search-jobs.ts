import { Gauge, Histogram, type Registry } from '@parley/server-kit'
import { EVENTS_TO_WAIT_FOR, type SearchTodo } from '../db/search/search-todo.ts'
import type { Enqueue, Job, LogConsumer, RoomRange } from '../jobs/job.ts'
import { createIndexRooms, joinRanges, type IndexPorts } from './index-ranges.ts'

export interface SearchJobPorts extends Omit<IndexPorts, 'todo' | 'onIndexed'> {
  readonly todo: SearchTodo
  readonly enqueue: Enqueue
  readonly metrics: Registry
}

const NAME = 'search-index'
/** How often it is looked which rooms have waited long enough, and what Redis lost. */
const SWEEP_MS = 5_000
const COUNTED_ROOMS = 10_000

/** Counts events by room, to say when there are enough for a job; it may say so too often. */
function createCounter(): (ranges: readonly RoomRange[]) => boolean {
  const counts = new Map<string, number>()
  return (ranges) => {
    let isEnough = false
    for (const { roomId, fromSeq, toSeq } of ranges) {
      const count = (counts.get(roomId) ?? 0) + toSeq - fromSeq + 1
      if (count < EVENTS_TO_WAIT_FOR) counts.set(roomId, count)
      else {
        counts.delete(roomId)
        isEnough = true
      }
    }
    if (counts.size > COUNTED_ROOMS) counts.clear()
    return isEnough
  }
}

/** Notes which rooms have news, and indexes them beside everything else that hears of the log. */
export function createSearchJobs(ports: SearchJobPorts): {
  readonly jobs: readonly Job<never>[]
  readonly consumers: readonly LogConsumer[]
} {
  const { todo, enqueue, metrics } = ports
  const lag = new Histogram({
    name: 'parley_search_lag_seconds',
    help: 'From the sending of a message until it is in the search index.',
    buckets: [0.5, 1, 2.5, 5, 15, 30, 45, 60, 300, 3_600],
    registers: [metrics],
  })
  const waitingRooms = new Gauge({
    name: 'parley_search_waiting_rooms',
    help: 'Rooms that are due to be indexed and wait for a worker.',
    registers: [],
    async collect() {
      // Asked for when somebody looks; without a database there is nothing to say.
      const waiting = await todo.waiting().catch(() => undefined)
      if (waiting !== undefined) this.set(waiting.rooms)
    },
  })
  metrics.registerMetric(waitingRooms)
  const isEnough = createCounter()
  const indexRooms = createIndexRooms({ ...ports, onIndexed: (seconds) => lag.observe(seconds) })
  return {
    jobs: [
      {
        name: NAME,
        queue: 'search',
        concurrency: 2,
        everyMs: SWEEP_MS,
        isDue: () => todo.isDue(),
        run: (_data, signal) => indexRooms(signal),
      },
    ],
    consumers: [
      {
        name: 'search',
        async consume(ranges) {
          const rooms = joinRanges(ranges)
          await todo.mark(rooms)
          // The others are found by the clock: what waits is found by searches anyway.
          if (isEnough(rooms)) await enqueue(NAME, [{ data: {}, onceId: 'all' }])
        },
      },
    ],
  }
}
