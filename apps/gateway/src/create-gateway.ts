import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  Closing,
  createPublisher,
  createRegistry,
  createSafePublisher,
  createSubscriber,
  createVerifyToken,
  listen,
  type Logger,
  type Redis,
} from '@parley/server-kit'
import { createApiClient, type ApiClient } from './api-client/api-client.ts'
import { PartitionQueues } from './commands/partition-queues.ts'
import type { GatewayConfig } from './config.ts'
import { createChat } from './create-chat.ts'
import { createEdge } from './create-edge.ts'
import { createPresence } from './create-presence.ts'
import { createSigns } from './create-signs.ts'
import { createGatewayMetrics, type GatewayMetrics } from './gateway-metrics.ts'
import { createServiceRoutes } from './http/service-routes.ts'
import { createAdapterSubscriber } from './news/adapter-subscriber.ts'
import { RedisNews } from './news/redis-news.ts'
import { createSocketServer } from './socket/create-server.ts'
import { drainSessions } from './socket/drain.ts'
import { createRoomWriter } from './socket/room-writer.ts'
import type { ChatServer } from './socket/socket-types.ts'

export interface Gateway {
  readonly port: number
  /** Sends its clients elsewhere, then closes everything in order. */
  readonly drain: () => Promise<void>
}

type Phase = 'serving' | 'leaving' | 'draining'

const REDIS_AT_START_MS = 3_000

/** Whoever takes longer to say what is asked for is cut off. What is asked for is short. */
const SLOWEST = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
}

/** A gateway starts without Redis too; with it, it should not begin by losing broadcasts. */
async function waitUntilReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return
  const ready = new Promise<void>((resolve) => {
    redis.once('ready', () => resolve())
  })
  await Promise.race([ready, sleep(REDIS_AT_START_MS, undefined, { ref: false })])
}

interface RedisClients {
  readonly publisher: Redis
  readonly adapterSubscriber: Redis
  readonly newsSubscriber: Redis
  readonly presenceSubscriber: Redis
}

async function openRedis(
  config: GatewayConfig,
  logger: Logger,
  closing: Closing,
): Promise<RedisClients> {
  const options = { url: config.redisUrl, name: config.name, logger }
  const clients = {
    publisher: createPublisher(options),
    adapterSubscriber: createSubscriber(options),
    newsSubscriber: createSubscriber(options),
    presenceSubscriber: createSubscriber(options),
  }
  for (const client of Object.values(clients)) closing.add(() => client.disconnect())
  await Promise.all(Object.values(clients).map(waitUntilReady))
  return clients
}

interface Parts {
  readonly config: GatewayConfig
  readonly logger: Logger
  readonly redis: RedisClients
  readonly api: ApiClient
  readonly phase: () => Phase
}

/** The graph. Feeds tell sockets and sockets fill feeds: such circles are closed by name. */
function buildGateway({ config, logger, redis, api, phase }: Parts) {
  const registry = createRegistry(config.name)
  const { publisher } = redis
  const chat = createChat({
    config,
    logger,
    api,
    metrics: () => metrics,
    writeToRoom: (...packet) => writeToRoom(...packet),
    news: () => news,
    memberMoved: (roomId, userId, isIn) => {
      presence.watch.doubtAudienceOf(userId)
      if (!isIn) signs.memberLeft(roomId, userId)
    },
    delivered: (roomId, events) => signs.spoke(roomId, events),
    userRefreshed: (user) => presence.heed(user),
    isServing: () => phase() === 'serving',
  })
  const { feeds, users, reconciler } = chat
  const queues = new PartitionQueues({
    sendCommands: api.sendCommands,
    offer: (made) => feeds.offer(made),
    deadlineMs: config.commandDeadlineMs,
    logger,
    onBatch: (size) => metrics.batchCommands.observe(size),
  })
  const metrics: GatewayMetrics = createGatewayMetrics(registry, {
    sessions: () => users.sessionCount,
    rooms: () => feeds.size,
    queued: () => queues.queued,
    usersHere: () => presence.here.size,
    usersWatched: () => presence.watch.size,
    leases: () => presence.leases(),
  })
  const subscriber = redis.presenceSubscriber
  const presence = createPresence({ config, logger, api, publisher, subscriber, metrics })
  const news = new RedisNews({
    subscriber: redis.newsSubscriber,
    onRoomNews: (roomNews) => feeds.offer(roomNews),
    onRoomSign: (sign) => signs.hear(sign),
    onUserNews: (userIds) => users.refreshSoon(userIds),
    onFollowing: (roomIds) => void reconciler.lookAt(roomIds),
    onAway: () => reconciler.hurry(),
    onBack: () => void reconciler.lookNow(),
    logger,
  })
  const http = createServer(
    SLOWEST,
    createServiceRoutes({ metrics: registry, isReady: () => phase() === 'serving' }),
  )
  const io: ChatServer = createSocketServer({
    http,
    publisher: createSafePublisher(publisher, metrics.broadcastsLost),
    subscriber: createAdapterSubscriber(redis.adapterSubscriber, logger),
    config,
    isDraining: () => phase() === 'draining',
  })
  const writeToRoom = createRoomWriter(io)
  const signs = createSigns({ chat, io, publisher, name: presence.owner, metrics, logger })
  const verifyToken = createVerifyToken(config.tokens, { url: config.jwksUrl })
  const edge = createEdge(io, {
    config,
    logger,
    chat,
    queues,
    metrics,
    verifyToken,
    presence,
    signs,
    chooseStatus: api.chooseStatus,
  })
  return { feeds, users, reconciler, queues, presence, signs, edge, http, io }
}

/** Composition root. Listens when it resolves. */
export async function createGateway(config: GatewayConfig, logger: Logger): Promise<Gateway> {
  const closing = new Closing()
  let phase: Phase = 'serving'
  const redis = await openRedis(config, logger, closing)
  const api = createApiClient(config.apiUrl, config.internalToken)
  closing.add(() => api.close())
  const built = buildGateway({ config, logger, redis, api, phase: () => phase })
  const { feeds, users, reconciler, queues, presence, signs, edge, http, io } = built
  reconciler.start()
  presence.start()
  const port = await listen(http, config.port, config.host)
  logger.info({ port }, 'listening')

  return {
    port,
    async drain() {
      phase = 'leaving'
      if (users.size > 0) await sleep(config.drainNoticeMs)
      phase = 'draining'
      await drainSessions(users, config.drainWindowMs)
      await Promise.race([
        queues.idle(),
        sleep(config.commandDeadlineMs, undefined, { ref: false }),
      ])
      reconciler.stop()
      edge.stop()
      signs.stop()
      await presence.stop()
      feeds.closeAll()
      await io.close()
      await closing.close()
    },
  }
}
