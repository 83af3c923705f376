import type { Redis } from 'ioredis'
import { whyNot } from './ask.ts'
import { judgeRedis, type RedisFacts } from './judge-redis.ts'
import { error, ok, skipped, type Finding } from './finding.ts'

const TIMEOUT_MS = 5_000

/** What carries the news and the jobs. */
export async function checkRedis(url: string | undefined): Promise<Finding[]> {
  if (url === undefined) {
    return [skipped('redis-answers', 'Set REDIS_URL or REDIS_URL_FILE to have it looked at.')]
  }
  const { Redis: Client } = await import('ioredis')
  const redis = new Client(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  let reason: unknown
  redis.on('error', (problem: unknown) => {
    reason = problem
  })
  try {
    await redis.connect()
    const facts = await readFacts(redis)
    return [
      ok('redis-answers', `Redis ${facts.info.get('redis_version')} answers.`),
      ...judgeRedis(facts),
    ]
  } catch (problem) {
    const why = whyNot(reason ?? problem)
    return [error('redis-answers', `Redis does not answer: ${why}; check address and password.`)]
  } finally {
    redis.disconnect()
  }
}

async function readFacts(redis: Redis): Promise<RedisFacts> {
  const lines = (await redis.info()).split('\r\n')
  return {
    info: new Map(
      lines.map((line) => {
        const at = line.indexOf(':')
        return [line.slice(0, at), line.slice(at + 1)] as const
      }),
    ),
    pubsubBuffer: await readConfig(redis, 'client-output-buffer-limit'),
    policy: await readConfig(redis, 'maxmemory-policy'),
  }
}

/** Undefined where it may not be read: those who rent Redis out hide it. */
async function readConfig(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const found = (await redis.call('CONFIG', 'GET', name)) as unknown[]
    return typeof found[1] === 'string' ? found[1] : undefined
  } catch {
    return undefined
  }
}
