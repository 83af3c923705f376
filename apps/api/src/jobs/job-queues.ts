import { Counter, keyPrefixFor, type Logger, type Redis, type Registry } from '@parley/server-kit'
import { Queue, type JobsOptions } from 'bullmq'
import type { Enqueue, Job, QueuedJob } from './job.ts'

const ATTEMPTS = 3
const FIRST_RETRY_MS = 1_000
/** For whoever looks why something failed. */
const KEEP_FAILED = { age: 24 * 3600, count: 1_000 }
const AT_ONCE = 1_000

export interface QueuePorts {
  /** Fails at once while Redis is away. */
  readonly publisher: Redis
  /** Of every key that BullMQ writes. */
  readonly prefix: string
  readonly logger: Logger
  readonly metrics: Registry
}

export interface JobQueues {
  readonly enqueue: Enqueue
  /** Has periodic jobs run by the clock: one of the workers makes each. */
  readonly startClock: () => void
  readonly close: () => Promise<void>
}

const optionsOf = (job: Job, { delayMs, onceId }: QueuedJob): JobsOptions => ({
  attempts: job.attempts ?? ATTEMPTS,
  backoff: { type: 'exponential', delay: FIRST_RETRY_MS },
  removeOnComplete: true,
  removeOnFail: KEEP_FAILED,
  ...(delayMs !== undefined && { delay: delayMs }),
  ...(onceId !== undefined && {
    deduplication: { id: `${job.name}-${onceId}`, keepLastIfActive: true },
  }),
})

/** The same id in every worker, so that the first of them makes the job of this slot of time. */
function slotOf({ name, everyMs = 0 }: Job): JobsOptions {
  const slot = Math.floor(Date.now() / everyMs)
  return {
    jobId: `${name}-${slot}`,
    attempts: 1,
    // Remembered until the slot is over everywhere: else the second worker makes it once more.
    removeOnComplete: { age: Math.ceil(everyMs / 1_000) * 2 + 10 },
    removeOnFail: { age: Math.ceil(everyMs / 1_000) * 2 + 10 },
  }
}

const createCounters = (metrics: Registry): Record<'lost' | 'notDue', Counter<'job'>> => ({
  lost: new Counter({
    name: 'parley_jobs_not_carried_total',
    help: 'Jobs that Redis did not take; a later look at MySQL finds what was to be done.',
    labelNames: ['job'],
    registers: [metrics],
  }),
  notDue: new Counter({
    name: 'parley_jobs_not_due_total',
    help: 'Looks by the clock that found nothing to do, so that no job was made.',
    labelNames: ['job'],
    registers: [metrics],
  }),
})

/** Is there something to do? Not, as far as is known, while the database does not say: it is asked once meanwhile. */
function createLook(logger: Logger, notDue: Counter<'job'>): (job: Job) => Promise<boolean> {
  const looking = new Set<Job>()
  return async (job) => {
    if (job.isDue === undefined) return true
    if (looking.has(job)) return false
    looking.add(job)
    try {
      const isDue = await job.isDue()
      if (!isDue) notDue.inc({ job: job.name })
      return isDue
    } catch (error) {
      logger.debug({ err: error, job: job.name }, 'could not look whether it is due')
      return false
    } finally {
      looking.delete(job)
    }
  }
}

/** A job is put in the queue that its definition names. */
export function createJobQueues(jobs: readonly Job[], ports: QueuePorts): JobQueues {
  const { publisher, logger } = ports
  const byName = new Map(jobs.map((job) => [job.name, job]))
  const { lost, notDue } = createCounters(ports.metrics)
  const queues = new Map<string, Queue>()

  /** Made while Redis is there, and anew after a failure: BullMQ keeps a bad start for ever. */
  function queueOf(name: string): Queue {
    const known = queues.get(name)
    if (known !== undefined) return known
    const queue = new Queue(name, {
      connection: publisher,
      prefix: keyPrefixFor(publisher, ports.prefix),
      skipWaitingForReady: true,
      streams: { events: { maxLen: 100 } },
    })
    queue.on('error', (error) => logger.debug({ err: error, queue: name }, 'a queue'))
    queues.set(name, queue)
    return queue
  }

  function forget(name: string): void {
    const queue = queues.get(name)
    queues.delete(name)
    queue?.close().catch(() => undefined)
  }

  async function add(
    job: Job,
    bulk: { name: string; data: unknown; opts: JobsOptions }[],
  ): Promise<void> {
    if (bulk.length === 0) return
    try {
      if (publisher.status !== 'ready') throw new Error('Redis is away.')
      const queue = queueOf(job.queue)
      for (let from = 0; from < bulk.length; from += AT_ONCE) {
        await queue.addBulk(bulk.slice(from, from + AT_ONCE))
      }
    } catch (error) {
      forget(job.queue)
      lost.inc({ job: job.name }, bulk.length)
      logger.debug({ err: error, job: job.name }, 'jobs were not carried')
    }
  }

  const isDue = createLook(logger, notDue)
  async function addIfDue(job: Job): Promise<void> {
    const slot = slotOf(job)
    if (!(await isDue(job))) return
    await add(job, [{ name: job.name, data: {}, opts: slot }])
  }

  const timers: NodeJS.Timeout[] = []
  return {
    async enqueue(name, queued) {
      const job = byName.get(name)
      if (job === undefined) throw new Error(`There is no job '${name}'.`)
      await add(
        job,
        queued.map((one) => ({ name, data: one.data, opts: optionsOf(job, one) })),
      )
    },
    startClock() {
      for (const job of jobs) {
        if (job.everyMs === undefined) continue
        const tick = (): void => void addIfDue(job)
        timers.push(setInterval(tick, job.everyMs))
        tick()
      }
    },
    async close() {
      timers.forEach((timer) => clearInterval(timer))
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()))
    },
  }
}
