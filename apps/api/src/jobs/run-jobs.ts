import { setTimeout as sleep } from 'node:timers/promises'
import { Histogram, keyPrefixFor, type Logger, type Redis, type Registry } from '@parley/server-kit'
import { Worker } from 'bullmq'
import type { Job } from './job.ts'

export interface RunPorts {
  readonly connection: Redis
  readonly prefix: string
  readonly logger: Logger
  readonly metrics: Registry
}

export interface RunningJobs {
  /** Takes no more, tells those that run to end, and waits for them, but not for ever. */
  readonly stop: () => Promise<void>
}

const LAST_JOBS_MS = 20_000
/** Then what they did is told to Redis, which may be away. */
const LAST_WORDS_MS = 1_000
/** A job whose worker died is found within twice this time, and runs again. */
const STALLED_MS = 7_500

function groupByQueue(jobs: readonly Job[]): Map<string, Map<string, Job>> {
  const queues = new Map<string, Map<string, Job>>()
  for (const job of jobs) {
    const queue = queues.get(job.queue) ?? new Map<string, Job>()
    if (queue.has(job.name)) throw new Error(`Two jobs are called '${job.name}'.`)
    queues.set(job.queue, queue.set(job.name, job))
  }
  return queues
}

/** One BullMQ worker a queue. */
export function runJobs(jobs: readonly Job[], ports: RunPorts): RunningJobs {
  const { connection, logger } = ports
  const stopping = new AbortController()
  const seconds = new Histogram({
    name: 'parley_job_seconds',
    help: 'How long jobs ran.',
    labelNames: ['job', 'outcome'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300],
    registers: [ports.metrics],
  })

  async function run(job: Job | undefined, name: string, data: unknown): Promise<void> {
    if (job === undefined) throw new Error(`This release knows no job '${name}'.`)
    const startedAt = performance.now()
    const observe = (outcome: string): void => {
      seconds.observe({ job: name, outcome }, (performance.now() - startedAt) / 1_000)
    }
    try {
      await job.run(data, stopping.signal)
      observe('done')
    } catch (error) {
      observe('failed')
      logger.warn({ err: error, job: name }, 'a job failed')
      throw error
    }
  }

  const active = new Set<Promise<void>>()
  async function track(job: Job | undefined, name: string, data: unknown): Promise<void> {
    const running = run(job, name, data)
    active.add(running)
    await running.finally(() => active.delete(running))
  }
  async function lastJobs(): Promise<void> {
    const done = Promise.allSettled(active)
    await Promise.race([done, sleep(LAST_JOBS_MS, undefined, { ref: false })])
    await sleep(LAST_WORDS_MS, undefined, { ref: false })
  }

  const workers = [...groupByQueue(jobs)].map(([queue, byName]) => {
    const worker = new Worker(
      queue,
      (queued) => track(byName.get(queued.name), queued.name, queued.data),
      {
        connection,
        prefix: keyPrefixFor(connection, ports.prefix),
        concurrency: Math.max(...[...byName.values()].map(({ concurrency }) => concurrency)),
        lockDuration: STALLED_MS * 2,
        stalledInterval: STALLED_MS,
        maxStalledCount: 10,
        runRetryDelay: 1_000,
      },
    )
    // Redis that is away is told of once, by its connection.
    worker.on('error', (error) => logger.debug({ err: error, queue }, 'a queue’s worker'))
    return worker
  })

  return {
    async stop() {
      stopping.abort()
      const closed = Promise.allSettled(workers.map((worker) => worker.close()))
      await Promise.race([closed, lastJobs()])
    },
  }
}
