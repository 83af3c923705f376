import { Cluster, Redis as SingleRedis, type RedisOptions as IoRedisOptions } from 'ioredis'
import { subscribeToCluster } from './cluster-subscriber.ts'
import type { Logger } from './logger.ts'
import { parseRedisUrl, type RedisAddress } from './redis-url.ts'
import { subscribeInPieces } from './subscribe-in-pieces.ts'

/** One server, the master that Sentinel names, or a Cluster: what we ask of Redis is the same. */
export type Redis = SingleRedis | Cluster

/** Redis may be away at any time: look again soon, for ever, and never more than a second apart. */
const retryStrategy = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 5), 1_000)

const CONNECT_MS = 2_000
const ANSWER_MS = 2_000
/** Slots move and nodes die without a word to clients. */
const LOOK_AT_NODES_MS = 2_000
/** Of one command, a tenth of a second apart: then it has failed. */
const CLUSTER_ATTEMPTS = 5

export interface RedisOptions {
  readonly url: string
  readonly name: string
  readonly logger: Logger
}

/** What all three kinds of connections take. */
type ClientOptions = Pick<
  IoRedisOptions,
  | 'connectionName'
  | 'connectTimeout'
  | 'commandTimeout'
  | 'retryStrategy'
  | 'enableOfflineQueue'
  | 'maxRetriesPerRequest'
  | 'autoResendUnfulfilledCommands'
>

/** Keys that one command names have to be of one slot of a Cluster: those with the same word in braces are. */
export const keyPrefixFor = (redis: Redis, prefix: string): string =>
  redis instanceof Cluster && !/\{[^}]+\}/u.test(prefix) ? `{${prefix}}` : prefix

type ClusterAddress = Extract<RedisAddress, { kind: 'cluster' }>

const tlsOf = (tls: boolean): Pick<IoRedisOptions, 'tls'> => (tls ? { tls: {} } : {})

const accessOf = ({ username, password, tls }: Exclude<RedisAddress, { kind: 'single' }>) => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...tlsOf(tls),
})

/** A demoted master takes no writes: whom to ask now is found out by connecting anew. */
const isDemoted = ({ message }: Error): boolean => message.startsWith('READONLY')

function connectToOne(
  address: Exclude<RedisAddress, ClusterAddress>,
  options: ClientOptions,
): SingleRedis {
  if (address.kind === 'single') return new SingleRedis(address.url, options)
  const { sentinels, name, db, sentinelPassword, tls } = address
  return new SingleRedis({
    ...options,
    ...accessOf(address),
    sentinels: [...sentinels],
    name,
    db,
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    sentinelRetryStrategy: retryStrategy,
    // One that is halted or cut off ends no connection: the sentinels tell who has taken its place.
    failoverDetector: true,
    reconnectOnError: isDemoted,
  })
}

function connectToCluster(
  address: ClusterAddress,
  options: ClientOptions,
  enableOfflineQueue: boolean,
): Cluster {
  const { nodes, tls } = address
  return new Cluster([...nodes], {
    redisOptions: { ...options, ...accessOf(address) },
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: ANSWER_MS,
    slotsRefreshInterval: LOOK_AT_NODES_MS,
    maxRedirections: CLUSTER_ATTEMPTS,
    // Certificates are of names.
    ...(tls && { dnsLookup: (host, found) => found(null, host) }),
  })
}

/**
 * Of a SUBSCRIBE that was answered in part when the connection ended, and was asked again as a whole, ioredis expects
 * only as many answers as were left. The others are heeded and told as an error.
 */
const isSurplusAnswer = ({ message }: Error): boolean =>
  message.startsWith('Command queue state error')

/** Says once that Redis is away, and once that it is back. */
function tellWhenAway(redis: Redis, role: string, logger: Logger): void {
  let away = false
  redis.on('error', (error: Error) => {
    if (isSurplusAnswer(error)) return
    if (!away) logger.warn({ role, problem: error.message }, 'Redis is away')
    away = true
  })
  redis.on('ready', () => {
    if (away) logger.info({ role }, 'Redis is back')
    away = false
  })
}

/** Fails at once while Redis is away instead of queueing: what it sends is stale a second later. */
export function createPublisher({ url, name, logger }: RedisOptions): Redis {
  const options = {
    connectionName: `${name}-publisher`,
    autoResendUnfulfilledCommands: false,
    commandTimeout: ANSWER_MS,
    connectTimeout: CONNECT_MS,
  }
  const address = parseRedisUrl(url)
  const redis =
    address.kind === 'cluster'
      ? connectToCluster(address, options, false)
      : connectToOne(address, {
          ...options,
          retryStrategy,
          enableOfflineQueue: false,
          maxRetriesPerRequest: 1,
        })
  tellWhenAway(redis, 'publisher', logger)
  return redis
}

/** Subscribes again by itself after every reconnection. */
export function createSubscriber({ url, name, logger }: RedisOptions): SingleRedis {
  const options = {
    connectionName: `${name}-subscriber`,
    retryStrategy,
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    // What was not answered when the connection ended is not among what ioredis subscribes again by itself.
    autoResendUnfulfilledCommands: true,
    connectTimeout: CONNECT_MS,
  }
  const address = parseRedisUrl(url)
  if (address.kind !== 'cluster') {
    const redis = subscribeInPieces(connectToOne(address, options))
    tellWhenAway(redis, 'subscriber', logger)
    return redis
  }
  const topology = connectToCluster(address, { connectionName: `${name}-nodes` }, false)
  topology.on('error', (error) => logger.debug({ err: error }, 'no node of the Redis Cluster'))
  const redis = subscribeInPieces(
    subscribeToCluster(topology, address, { ...options, ...accessOf(address) }),
  )
  tellWhenAway(redis, 'subscriber', logger)
  return redis
}

/** For BullMQ's workers, which wait for Redis as long as it takes, on connections of their own. */
export function createQueueConnection({ url, name, logger }: RedisOptions): Redis {
  const options = {
    connectionName: `${name}-queue`,
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
  }
  const address = parseRedisUrl(url)
  const redis =
    address.kind === 'cluster'
      ? connectToCluster(address, options, true)
      : connectToOne(address, { ...options, retryStrategy })
  redis.on('error', (error: Error) => logger.debug({ err: error }, 'the queue lost Redis'))
  return redis
}
