import { ParleyError, type FailedJob, type WorkStatus } from '@parley/message-schema'
import { keyPrefixFor, type Logger, type Redis } from '@parley/server-kit'
import { Queue } from 'bullmq'
import { QUEUE_NAMES } from '../jobs/queue-names.ts'

export interface LookAtWorkPorts {
  /** Fails at once while Redis is away. */
  readonly redis: Redis
  readonly prefix: string
  readonly outbox: () => Promise<WorkStatus['outbox']>
  readonly search: () => Promise<WorkStatus['search']>
  readonly logger: Logger
}

export interface LookAtWork {
  readonly read: () => Promise<WorkStatus>
  readonly retry: (queue: string, jobId: string) => Promise<void>
}

const FAILED_OF_EACH = 10
const REASON_CHARACTERS = 500

const missing = (): ParleyError =>
  new ParleyError('NOT_FOUND', {
    message: 'There is no such job; it may have been done meanwhile.',
  })

async function failedOf(queue: Queue): Promise<FailedJob[]> {
  const jobs = await queue.getFailed(0, FAILED_OF_EACH - 1)
  // One that was removed while it was read is `undefined`.
  return jobs.filter(Boolean).map((job) => ({
    queue: queue.name,
    id: job.id ?? '',
    job: job.name,
    reason: (job.failedReason ?? '').slice(0, REASON_CHARACTERS),
    attempts: job.attemptsMade,
    failedAt: job.finishedOn === undefined ? null : new Date(job.finishedOn).toISOString(),
  }))
}

/** Three commands a queue. What jobs carry is not shown. */
export function createLookAtWork(ports: LookAtWorkPorts): LookAtWork {
  const { redis, logger } = ports
  const queues = new Map<string, Queue>()

  /** Made while Redis is there, and anew after a failure: BullMQ keeps a bad start for ever. */
  function queueOf(name: string): Queue {
    const known = queues.get(name)
    if (known !== undefined) return known
    const queue = new Queue(name, {
      connection: redis,
      prefix: keyPrefixFor(redis, ports.prefix),
      skipWaitingForReady: true,
    })
    queue.on('error', (error) => logger.debug({ err: error, queue: name }, 'a queue'))
    queues.set(name, queue)
    return queue
  }

  function forget(): void {
    const all = [...queues.values()]
    queues.clear()
    for (const queue of all) queue.close().catch(() => undefined)
  }

  async function look(name: string) {
    const queue = queueOf(name)
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed')
    const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts
    return {
      count: { name, waiting, active, delayed, failed },
      failed: failed === 0 ? [] : await failedOf(queue),
    }
  }

  async function lookAtAll() {
    if (redis.status !== 'ready') return null
    try {
      return await Promise.all(QUEUE_NAMES.map(look))
    } catch (error) {
      logger.debug({ err: error }, 'queues could not be read')
      forget()
      return null
    }
  }

  return {
    async read() {
      const [looked, outbox, search] = await Promise.all([
        lookAtAll(),
        ports.outbox(),
        ports.search(),
      ])
      const failed = (looked ?? []).flatMap((one) => one.failed)
      return {
        at: new Date().toISOString(),
        queues: looked?.map(({ count }) => count) ?? null,
        failed: failed.toSorted((a, b) => ((a.failedAt ?? '') < (b.failedAt ?? '') ? 1 : -1)),
        outbox,
        search,
      }
    },

    async retry(name, jobId) {
      if (!QUEUE_NAMES.some((known) => known === name)) throw missing()
      if (redis.status !== 'ready') {
        throw new ParleyError('SERVER_BUSY', { message: 'Redis is away.', retryAfterMs: 1_000 })
      }
      const job = await queueOf(name).getJob(jobId)
      if (job === undefined) throw missing()
      if ((await job.getState()) !== 'failed') {
        throw new ParleyError('CONFLICT', { message: 'This job is not one that failed.' })
      }
      await job.retry('failed')
    },
  }
}
