import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  Closing,
  createPublisher,
  createRegistry,
  createSubscriber,
  createVerifyToken,
  type Logger,
  type Redis,
} from '@parley/server-kit'
import { createApiClient } from './api-client/api-client.ts'
import { PartitionQueues } from './commands/partition-queues.ts'
import type { GatewayConfig } from './config.ts'
import { createChat, type Chat } from './create-chat.ts'
import { createGatewayMetrics, type GatewayMetrics } from './gateway-metrics.ts'
import { createServiceRoutes } from './http/service-routes.ts'
import { RedisNews } from './news/redis-news.ts'
import type { Session } from './sessions/session.ts'
import { acceptConnections } from './socket/accept-connections.ts'
import { createHandshake } from './socket/authenticate.ts'
import { startBeacon } from './socket/beacon.ts'
import { createCommandHandlers } from './socket/command-handlers.ts'
import { createSocketServer } from './socket/create-server.ts'
import { drainSessions } from './socket/drain.ts'
import { createRateLimit } from './socket/limit-rate.ts'
import { createSafePublisher } from './socket/safe-publisher.ts'
import { userChannel, type ChatServer } from './socket/socket-types.ts'
import { watchSessions } from './socket/watch-sessions.ts'

export interface Gateway {
  readonly port: number
  /** Sends its clients elsewhere, then closes everything in order. */
  readonly drain: () => Promise<void>
}

const CLOSE_IDLE_FEEDS_EVERY_MS = 5_000
const REDIS_AT_START_MS = 3_000

/** A gateway starts without Redis too; with it, it should not begin by losing broadcasts. */
async function waitUntilReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return
  const ready = new Promise<void>((resolve) => {
    redis.once('ready', resolve)
  })
  await Promise.race([ready, sleep(REDIS_AT_START_MS, undefined, { ref: false })])
}

/** Composition root: the only place that builds the graph. Listens when it resolves. */
export async function createGateway(config: GatewayConfig, logger: Logger): Promise<Gateway> {
  const closing = new Closing()
  const registry = createRegistry(config.name)
  let phase: 'serving' | 'leaving' | 'draining' = 'serving'
  let requests = 0
  const nextRequestId = (): string => `${config.name}-${(requests += 1).toString(36)}`

  const redis = { url: config.redisUrl, name: config.name, logger }
  const publisher = createPublisher(redis)
  closing.add(() => publisher.disconnect())
  const adapterSubscriber = createSubscriber(redis)
  closing.add(() => adapterSubscriber.disconnect())
  const newsSubscriber = createSubscriber(redis)
  closing.add(() => newsSubscriber.disconnect())
  await Promise.all([publisher, adapterSubscriber, newsSubscriber].map(waitUntilReady))

  const api = createApiClient(config.apiUrl, config.internalToken)
  closing.add(() => api.close())
  const verifyToken = createVerifyToken(config.tokens, { url: config.jwksUrl })

  const chat: Chat = createChat({
    config,
    logger,
    api,
    metrics: () => metrics,
    io: () => io,
    news: () => news,
  })
  const { feeds, users, reconciler } = chat
  const queues = new PartitionQueues({
    sendCommands: api.sendCommands,
    offer: (one) => feeds.offer(one),
    deadlineMs: config.commandDeadlineMs,
    logger,
    onBatch: (size) => metrics.batchCommands.observe(size),
  })
  const metrics: GatewayMetrics = createGatewayMetrics(registry, {
    sessions: () => users.sessionCount,
    rooms: () => feeds.size,
    queued: () => queues.queued,
  })
  const news = new RedisNews({
    subscriber: newsSubscriber,
    onRoomNews: (one) => feeds.offer(one),
    onUserNews: (userIds) => users.refreshSoon(userIds),
    onFollowing: (roomIds) => void reconciler.lookAt(roomIds),
    onBack: () => void reconciler.lookNow(),
    logger,
  })

  const http = createServer(createServiceRoutes({ metrics: registry, isReady: () => phase === 'serving' }))
  const io: ChatServer = createSocketServer({
    http,
    publisher: createSafePublisher(publisher, metrics.broadcastsLost),
    subscriber: adapterSubscriber,
    config,
    isDraining: () => phase === 'draining',
  })
  io.use(
    createHandshake({
      verifyToken,
      handshakesPerSecond: config.handshakesPerSecond,
      nextRequestId,
      refused: (code, error) => {
        metrics.handshakesRefused.inc({ code })
        logger.debug({ code, err: error }, 'handshake refused')
      },
    }),
  )

  const opening = new WeakMap<Session, Promise<void>>()
  const handlers = createCommandHandlers({
    users,
    feeds,
    fetchAfter: chat.fetchAfter,
    epoch: chat.epoch,
    verifyToken,
    runCommand: (command) => queues.run(command),
    opened: async (session) => opening.get(session),
    tellUser: (userId, fact) => {
      io.to(userChannel(userId)).emit('read:moved', fact)
    },
  })
  acceptConnections(io, {
    users,
    opening,
    headsIntervalMs: config.headsIntervalMs,
    gateway: config.name,
    epoch: chat.epoch,
    logger,
    dispatch: {
      handlers,
      nextRequestId,
      takeToken: createRateLimit({
        writes: { perSecond: config.sendsPerSecond, burst: config.sendBurst },
      }),
      report: (event, requestId, error) => {
        metrics.commands.inc({ event: event in handlers ? event : 'unknown', code: error?.code ?? 'ok' })
        if (error === undefined) return
        const level = error.code === 'INTERNAL' ? 'error' : 'debug'
        logger[level]({ requestId, event, code: error.code, err: error }, 'command refused')
      },
    },
  })

  const watch = watchSessions({
    users,
    feeds,
    fetchAfter: chat.fetchAfter,
    lagBytes: config.lagBytes,
    closeBytes: config.closeBytes,
    lagLimitMs: config.lagLimitMs,
    slowClosed: () => metrics.slowClosed.inc(),
  })
  const beacon = startBeacon({ feeds, users, intervalMs: config.headsIntervalMs })
  const idle = setInterval(() => feeds.closeIdle(Date.now()), CLOSE_IDLE_FEEDS_EVERY_MS)
  reconciler.start()

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(config.port, config.host, resolve)
  })
  const { port } = http.address() as AddressInfo
  logger.info({ port }, 'listening')

  return {
    port,
    async drain() {
      phase = 'leaving'
      if (users.size > 0) await sleep(config.drainNoticeMs)
      phase = 'draining'
      await drainSessions(users, config.drainWindowMs)
      await Promise.race([queues.idle(), sleep(config.commandDeadlineMs, undefined, { ref: false })])
      reconciler.stop()
      watch.stop()
      beacon.stop()
      clearInterval(idle)
      feeds.closeAll()
      await io.close()
      await closing.close()
    },
  }
}
