import { createLogger } from '@parley/server-kit'
import { redisUrl } from '@parley/testkit'
import { createWorker } from '../create-worker.ts'
import { readWorkerConfig } from '../worker-config.ts'

export interface TestWorker extends AsyncDisposable {
  readonly url: string
  readonly stop: () => Promise<void>
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
  return { url: `http://127.0.0.1:${worker.port}`, stop, [Symbol.asyncDispose]: stop }
}
