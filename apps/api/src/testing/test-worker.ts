import { connectionConfig } from '@parley/database'
import { createLogger } from '@parley/server-kit'
import { eventually, redisUrl } from '@parley/testkit'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { createConnection } from 'mariadb'
import { createWorker } from '../create-worker.ts'
import { readWorkerConfig, type WorkerConfig } from '../worker-config.ts'

export interface TestWorker extends AsyncDisposable {
  readonly url: string
  readonly stop: () => Promise<void>
  /**
   * Whatever the log says by now was handed to all consumers, and the jobs of these queues that came
   * of it are done, with those that came of what they said themselves.
   */
  readonly settled: (...queues: string[]) => Promise<void>
}

const PATIENT = { timeoutMs: 20_000 }
const OPEN = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children'] as const

async function waitUntilSettled(config: WorkerConfig, names: readonly string[]): Promise<void> {
  const database = await createConnection({
    ...connectionConfig(config.databaseUrl),
    bigIntAsNumber: true,
  })
  const connection = new Redis(config.redisUrl)
  const { jobsPrefix: prefix } = config
  const queues = names.map((name) => new Queue(name, { connection, prefix, skipMetasUpdate: true }))
  const count = async (table: string): Promise<number> => {
    const [row] = await database.query<{ n: number }[]>(`SELECT COUNT(*) AS n FROM ${table}`)
    return row?.n ?? -1
  }
  /** In this order: a row leaves the outbox after its jobs were enqueued. */
  const look = async () => ({
    events: await count('room_event'),
    outbox: await count('log_outbox'),
    jobs: await Promise.all(queues.map((queue) => queue.getJobCountByTypes(...OPEN))),
  })
  try {
    await eventually(async () => {
      const { events, outbox, jobs } = await look()
      expectNone({ outbox, jobs: jobs.reduce((sum, open) => sum + open, 0) })
      // A job that ended meanwhile may have said something that is not yet handed over.
      expectNone({ events: (await count('room_event')) - events })
    }, PATIENT)
  } finally {
    await Promise.all(queues.map((queue) => queue.close()))
    connection.disconnect()
    await database.end()
  }
}

function expectNone(left: Record<string, number>): void {
  if (Object.values(left).some((n) => n !== 0)) throw new Error(JSON.stringify(left))
}

/** A whole worker in this process; its jobs are of this database alone. */
export async function startTestWorker(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<TestWorker> {
  const config = readWorkerConfig({
    WORKER_PORT: '0',
    WORKER_HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl(),
    JOBS_PREFIX: `parley:jobs${new URL(databaseUrl).pathname.replaceAll('/', ':')}`,
    DATABASE_CONNECTIONS: '6',
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    WEBHOOK_FIRST_RETRY_MS: '50',
    WEBHOOK_LONGEST_RETRY_MS: '400',
    LOG_LEVEL: 'silent',
    ...env,
  })
  const worker = await createWorker(config, createLogger('test-worker', config.logLevel))
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= worker.stop())
  return {
    url: `http://127.0.0.1:${worker.port}`,
    stop,
    settled: (...queues) => waitUntilSettled(config, queues),
    [Symbol.asyncDispose]: stop,
  }
}
