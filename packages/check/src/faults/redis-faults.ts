import type { Cluster } from '@parley/local-cluster'
import { Redis } from 'ioredis'
import { halted, killed } from './broken-process.ts'
import { clusterOf } from './choose.ts'
import type { Fault } from './fault.ts'

/** A fault may have stopped it: whoever heals waits until it is back. */
const ATTEMPTS = 60

/** Straight to Redis, whatever is wrong with the ways to it. */
async function withRedis<Result>(
  cluster: Cluster,
  use: (redis: Redis) => Promise<Result>,
  attempts = 1,
): Promise<Result> {
  const { url, servers } = cluster.info().redis
  const redis = new Redis(servers[0]?.url ?? url, {
    lazyConnect: true,
    maxRetriesPerRequest: attempts,
    commandTimeout: 60_000,
    retryStrategy: (times) => (times < attempts ? 500 : null),
  })
  // Each attempt that fails is one; the command that waits is told of the last.
  redis.on('error', () => undefined)
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}

const said = (
  name: string,
  description: string,
  command: readonly [string, ...string[]],
): Fault => ({
  name,
  needs: 'local',
  description,
  async start(stage) {
    const [verb, ...args] = command
    await withRedis(clusterOf(stage), (redis) => redis.call(verb, ...args))
    return { target: 'redis', heal: async () => undefined }
  },
})

/** A setting that is bad, until the one that was there before is set again. */
const configured = (
  name: string,
  description: string,
  [setting, value]: readonly [setting: string, value: string],
): Fault => ({
  name,
  needs: 'local',
  description,
  async start(stage) {
    const cluster = clusterOf(stage)
    const before = await withRedis(cluster, async (redis) => {
      const found = await redis.config('GET', setting)
      await redis.config('SET', setting, value)
      return found[1] ?? ''
    })
    const heal = async (redis: Redis): Promise<void> => {
      await redis.config('SET', setting, before)
    }
    return {
      target: 'redis',
      detail: `${setting} ${value}`,
      heal: () => withRedis(cluster, heal, ATTEMPTS),
    }
  },
})

export const REDIS_FAULTS: readonly Fault[] = [
  killed({
    name: 'redis-kill',
    description: 'Redis is killed with SIGKILL, stays away for a while, and comes back empty.',
    target: 'redis',
  }),
  halted({
    name: 'redis-stall',
    description: 'Redis is halted with SIGSTOP: connections stay, nothing is answered.',
    target: 'redis',
  }),
  said('redis-flush', 'Redis forgets everything (FLUSHALL).', ['FLUSHALL']),
  said('redis-script-flush', 'Redis forgets the scripts that it was given (SCRIPT FLUSH).', [
    'SCRIPT',
    'FLUSH',
  ]),
  said('redis-drops-subscribers', 'Redis ends all connections of subscribers (CLIENT KILL).', [
    'CLIENT',
    'KILL',
    'TYPE',
    'pubsub',
  ]),
  configured('redis-full', 'Redis is out of memory and takes no writes (maxmemory, noeviction).', [
    'maxmemory',
    '1',
  ]),
  configured(
    'redis-small-buffers',
    'Redis ends subscribers that do not take news at once (client-output-buffer-limit).',
    ['client-output-buffer-limit', 'pubsub 1024 512 1'],
  ),
]
