import { Redis } from 'ioredis'
import type { Logger } from './logger.ts'

export type { Redis } from 'ioredis'

/** Redis may be away at any time: look again soon, for ever, and never more than a second apart. */
const retryStrategy = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 5), 1_000)

export interface RedisOptions {
  readonly url: string
  readonly name: string
  readonly logger: Logger
}

function connect(options: RedisOptions, role: 'publisher' | 'subscriber'): Redis {
  const { url, logger } = options
  const redis = new Redis(url, {
    connectionName: `${options.name}-${role}`,
    retryStrategy,
    enableOfflineQueue: role === 'subscriber',
    maxRetriesPerRequest: role === 'subscriber' ? null : 1,
    autoResendUnfulfilledCommands: false,
    ...(role === 'publisher' && { commandTimeout: 2_000 }),
    connectTimeout: 2_000,
  })
  let away = false
  redis.on('error', (error: Error) => {
    if (!away) logger.warn({ role, problem: error.message }, 'Redis is away')
    away = true
  })
  redis.on('ready', () => {
    if (away) logger.info({ role }, 'Redis is back')
    away = false
  })
  return redis
}

/** Fails at once while Redis is away instead of queueing: what it sends is stale a second later. */
export const createPublisher = (options: RedisOptions): Redis => connect(options, 'publisher')

/** Subscribes again by itself after every reconnection. */
export const createSubscriber = (options: RedisOptions): Redis => connect(options, 'subscriber')

/** For BullMQ's workers, which wait for Redis as long as it takes, on connections of their own. */
export function createQueueConnection({ url, name, logger }: RedisOptions): Redis {
  const redis = new Redis(url, {
    connectionName: `${name}-queue`,
    retryStrategy,
    maxRetriesPerRequest: null,
    connectTimeout: 2_000,
  })
  redis.on('error', (error: Error) => logger.debug({ err: error }, 'the queue lost Redis'))
  return redis
}
