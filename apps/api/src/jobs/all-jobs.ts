/*
 * What workers do. To add something:
 *
 * 1. Write it in a folder of its subject as a function of what it needs, and wire it below in one
 *    short function of `JobPorts` that answers `jobs`, `consumers`, or both; name it in `createJobs`.
 * 2. A `LogConsumer` hears of every range of the log, at least once. It notes in MySQL what is to do
 *    (and what is noted there twice counts once) and then `enqueue`s a job, for speed only.
 * 3. A `Job` does the work when BullMQ brings it. Redis may lose any job at any time: one with
 *    `everyMs` looks in MySQL for what is still to do, and does it or enqueues it again.
 * 4. A setting goes into `worker-config.ts`; a change of a room is a command, given to `run`.
 *
 * Keep `concurrency` small: all jobs share the worker's database connections.
 */
import type { PrismaClient } from '@parley/database'
import { Counter, type FailPoints, type Logger, type Redis } from '@parley/server-kit'
import type { Registry } from '@parley/server-kit'
import type { Pool } from '../db/connect.ts'
import { createMysqlSearchIndex } from '../db/search/mysql-search-index.ts'
import { createRetentionStore } from '../db/messages/retention-store.ts'
import { createSearchSource } from '../db/search/search-source.ts'
import { createSearchTodo } from '../db/search/search-todo.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { createRetentionJobs } from '../retention/retention-jobs.ts'
import { createSearchJobs } from '../search/search-jobs.ts'
import { webhookJobs } from '../webhooks/webhook-jobs.ts'
import { serverJobs } from '../server/server-jobs.ts'
import { fileJobs } from '../files/file-jobs.ts'
import { notificationJobs } from '../notifications/notification-jobs.ts'
import { previewJobs } from '../previews/preview-jobs.ts'
import type { WorkerConfig } from '../worker-config.ts'
import type { Enqueue, Job, LogConsumer, RoomRange } from './job.ts'

export interface JobPorts {
  readonly config: WorkerConfig
  /** Raw SQL, READ COMMITTED. */
  readonly pool: Pool
  readonly prisma: PrismaClient
  /** Changes rooms, and tells gateways of it. */
  readonly run: RunCommand
  /** Fails at once while Redis is away. */
  readonly publisher: Redis
  readonly enqueue: Enqueue
  readonly logger: Logger
  readonly metrics: Registry
  readonly failPoints: FailPoints
}

export interface Jobs {
  readonly jobs: readonly Job<never>[]
  readonly consumers: readonly LogConsumer[]
}

/** The one consumer that is always there: how much goes through the outbox. */
function logMetrics({ metrics }: JobPorts): Jobs {
  const events = new Counter({
    name: 'parley_outbox_events_total',
    help: 'Events of the log that were handed to jobs, those that came twice too.',
    registers: [metrics],
  })
  const consume = async (ranges: readonly RoomRange[]): Promise<void> => {
    for (const { fromSeq, toSeq } of ranges) events.inc(toSeq - fromSeq + 1)
  }
  return { jobs: [], consumers: [{ name: 'metrics', consume }] }
}

/** Words of messages are found a moment after they were sent. */
const searchJobs = ({ pool, enqueue, metrics }: JobPorts): Jobs =>
  createSearchJobs({
    source: createSearchSource(pool),
    index: createMysqlSearchIndex(pool),
    todo: createSearchTodo(pool),
    enqueue,
    metrics,
  })

/** Bodies that are older than their room keeps them, and those of deleted rooms. */
const retentionJobs = ({ pool, run, config }: JobPorts): Jobs => ({
  jobs: createRetentionJobs({
    store: createRetentionStore(pool),
    run,
    removeFromSearch: createMysqlSearchIndex(pool).removeUpTo,
    graceDays: config.deletedRoomDays,
  }),
  consumers: [],
})

export function createJobs(ports: JobPorts): { jobs: Job[]; consumers: LogConsumer[] } {
  const parts: readonly Jobs[] = [
    logMetrics(ports),
    serverJobs(ports),
    webhookJobs(ports),
    searchJobs(ports),
    retentionJobs(ports),
    fileJobs(ports),
    previewJobs(ports),
    notificationJobs(ports),
  ]
  return {
    jobs: parts.flatMap(({ jobs }) => jobs) as Job[],
    consumers: parts.flatMap(({ consumers }) => consumers),
  }
}
