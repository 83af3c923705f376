import { randomUUID } from 'node:crypto'
import {
  createLogger,
  createPublisher,
  createQueueConnection,
  createRegistry,
  type Redis as AnyRedis,
} from '@parley/server-kit'
import { eventually, redisUrl } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { createJobQueues, type JobQueues } from './job-queues.ts'
import type { Job } from './job.ts'
import { runJobs } from './run-jobs.ts'

const PATIENT = { timeoutMs: 20_000 }
const logger = createLogger('test', 'silent')
const closings: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

async function connected<Client extends AnyRedis>(redis: Client): Promise<Client> {
  closings.push(() => redis.disconnect())
  await eventually(() => expect(redis.status).toBe('ready'))
  return redis
}

/** A worker with these jobs. Those of one prefix share them. */
async function start(jobs: readonly Job<never>[], prefix = randomUUID(), url = redisUrl()) {
  const options = { url, name: 'test', logger }
  const metrics = createRegistry('test')
  const carrying = { prefix, logger, metrics }
  const all = jobs as readonly Job[]
  const publisher = await connected(createPublisher(options))
  const queues: JobQueues = createJobQueues(all, { ...carrying, publisher })
  const connection = await connected(createQueueConnection(options))
  const running = runJobs(all, { ...carrying, connection })
  closings.push(async () => {
    await running.stop()
    await queues.close()
  })
  return { queues, prefix, publisher, running }
}

const job = <Data>(
  name: string,
  run: Job<Data>['run'],
  more: Partial<Job<Data>> = {},
): Job<Data> => ({
  name,
  queue: name,
  concurrency: 4,
  run,
  ...more,
})

test('carries what it is given, and tries again what failed', async () => {
  const seen: number[] = []
  let failures = 1
  const { queues } = await start([
    job<{ n: number }>('one', async ({ n }) => {
      if (n === 2 && failures-- > 0) throw new Error('not now')
      seen.push(n)
    }),
  ])
  await queues.enqueue('one', [{ data: { n: 1 } }, { data: { n: 2 } }, { data: { n: 3 } }])
  await eventually(() => expect(seen.toSorted()).toEqual([1, 2, 3]), PATIENT)
  await expect(queues.enqueue('another', [{ data: {} }])).rejects.toThrow('no job')
})

test('of one id one waits at most, and what comes while it runs makes it run once more', async () => {
  let runs = 0
  let atOnce = 0
  let most = 0
  let finish = (): void => undefined
  const first = new Promise<void>((resolve) => {
    finish = resolve
  })
  const { queues } = await start([
    job('one', async () => {
      runs += 1
      most = Math.max(most, (atOnce += 1))
      if (runs === 1) await first
      atOnce -= 1
    }),
  ])
  const add = () => queues.enqueue('one', [{ data: {}, onceId: 'it' }])
  await add()
  await eventually(() => expect(runs).toBe(1), PATIENT)
  for (let n = 0; n < 5; n += 1) await add()
  finish()
  await eventually(() => expect(runs).toBe(2), PATIENT)
  await add()
  await eventually(() => expect(runs).toBe(3), PATIENT)
  expect(most).toBe(1)
})

test('of several workers one makes each run of a periodic job; a Redis that is emptied stops none', async () => {
  const runs: string[] = []
  const prefix = randomUUID()
  const url = `${redisUrl()}/8`
  const startedAt = Date.now()
  for (const name of ['a', 'b']) {
    const worker = await start(
      [job('tick', async () => void runs.push(name), { everyMs: 100 })],
      prefix,
      url,
    )
    worker.queues.startClock()
  }
  const alone = runs.length
  await eventually(() => expect(runs.length).toBeGreaterThanOrEqual(alone + 10), PATIENT)
  // At most one a slot, however many workers there are.
  expect(runs.length).toBeLessThanOrEqual((Date.now() - startedAt) / 100 + 2)
  const redis = await connected(new Redis(url))
  await redis.flushdb()
  const before = runs.length
  await eventually(() => expect(runs.length).toBeGreaterThan(before + 3), PATIENT)
})

test('a periodic job that says whether it is due is made only then; one that cannot say is asked again', async () => {
  let asked = 0
  let runs = 0
  const answers = [false, false, new Error('no database'), true, false]
  const isDue = async (): Promise<boolean> => {
    const answer = answers[asked] ?? false
    asked += 1
    if (answer instanceof Error) throw answer
    return answer
  }
  const { queues } = await start([
    job('tick', async () => void (runs += 1), { everyMs: 50, isDue }),
  ])
  queues.startClock()
  await eventually(() => expect(asked).toBeGreaterThan(8), PATIENT)
  await eventually(() => expect(runs).toBe(1), PATIENT)
})

test('who does not answer whether it is due is not asked again meanwhile', async () => {
  let asked = 0
  let ticks = 0
  let runs = 0
  const { queues } = await start([
    job('slow', async () => undefined, {
      everyMs: 20,
      isDue: () => {
        asked += 1
        return new Promise(() => undefined)
      },
    }),
    job('tick', async () => void (runs += 1), {
      everyMs: 20,
      isDue: async () => (ticks += 1) > 10,
    }),
  ])
  queues.startClock()
  await eventually(() => expect(runs).toBeGreaterThan(0), PATIENT)
  expect(asked).toBe(1)
})

test('without Redis nothing is carried and nothing fails; when it is back all works', async () => {
  let runs = 0
  const { queues, publisher } = await start([job('one', async () => void (runs += 1))])
  publisher.disconnect(true)
  await queues.enqueue('one', [{ data: {} }])
  await eventually(() => expect(publisher.status).toBe('ready'), PATIENT)
  await eventually(async () => {
    await queues.enqueue('one', [{ data: {} }])
    expect(runs).toBeGreaterThan(0)
  }, PATIENT)
})

test('a stop tells those that run, and waits for them', async () => {
  const steps: string[] = []
  const { queues, running } = await start([
    job('one', async (_, signal) => {
      steps.push('begun')
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      steps.push('ended')
    }),
  ])
  await queues.enqueue('one', [{ data: {} }])
  await eventually(() => expect(steps).toEqual(['begun']), PATIENT)
  await running.stop()
  expect(steps).toEqual(['begun', 'ended'])
})

test('a stop does not wait for a Redis that is away', async () => {
  const connection = createQueueConnection({ url: 'redis://127.0.0.1:1', name: 'test', logger })
  closings.push(() => connection.disconnect())
  const jobs = [job('one', async () => undefined)] as Job[]
  const running = runJobs(jobs, {
    connection,
    logger,
    prefix: 'x',
    metrics: createRegistry('test'),
  })
  const waited = new Promise((resolve) => {
    setTimeout(resolve, 5_000, 'waited').unref()
  })
  expect(await Promise.race([running.stop().then(() => 'stopped'), waited])).toBe('stopped')
})

test('two jobs of one name in a queue are a mistake', async () => {
  const jobs = [job('one', async () => undefined), job('one', async () => undefined)] as Job[]
  const connection = await connected(
    createQueueConnection({ url: redisUrl(), name: 'test', logger }),
  )
  const ports = { connection, logger, prefix: 'x', metrics: createRegistry('test') }
  expect(() => runJobs(jobs, ports)).toThrow("Two jobs are called 'one'.")
})
