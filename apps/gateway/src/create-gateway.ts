import { createServer, type Server as HttpServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RoomNews } from '@parley/message-schema'
import {
  addRedisGauge,
  Closing,
  createPublisher,
  createRegistry,
  createSafePublisher,
  createSubscriber,
  createVerifyToken,
  Gauge,
  listen,
  startTracing,
  type Logger,
  type Redis,
  type Registry,
} from '@parley/server-kit'
import { createApiClient, type ApiClient } from './api-client/api-client.ts'
import { PartitionQueues } from './commands/partition-queues.ts'
import { SharedRequests } from './commands/shared-requests.ts'
import type { GatewayConfig } from './config.ts'
import { createChat } from './create-chat.ts'
import { createEdge } from './create-edge.ts'
import { createPresence } from './create-presence.ts'
import { createSigns } from './create-signs.ts'
import { createGatewayMetrics, type GatewayMetrics } from './gateway-metrics.ts'
import { createServiceRoutes } from './http/service-routes.ts'
import { createAdapterSubscriber } from './news/adapter-subscriber.ts'
import { BusProbe } from './news/bus-probe.ts'
import { RedisNews } from './news/redis-news.ts'
import { createSocketServer } from './socket/create-server.ts'
import { reportGateway } from './report-gateway.ts'
import { drainSessions } from './socket/drain.ts'
import { measureDelivery } from './socket/measure-delivery.ts'
import { createRoomWriter } from './socket/room-writer.ts'
import { addBufferGauges, SendBuffers } from './socket/send-buffers.ts'
import type { ChatServer } from './socket/socket-types.ts'
import { traceMessages, type MessageTraces } from './tracing/trace-messages.ts'

export interface Gateway {
  readonly port: number
  /** Sends its clients elsewhere, then closes everything in order. */
  readonly drain: () => Promise<void>
}

type Phase = 'serving' | 'leaving' | 'draining'

const REDIS_AT_START_MS = 3_000
/** Of who connects, and who asks for `sync`. Longer saves little more: 10 ms hold five of 500 a second. */
const GATHER_MS = 10

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
  readonly traces: MessageTraces | undefined
  readonly phase: () => Phase
}

const PHASES: readonly Phase[] = ['serving', 'leaving', 'draining']

function addGauges(
  registry: Registry,
  parts: { redis: RedisClients; buffers: SendBuffers; phase: () => Phase },
): void {
  addRedisGauge(registry, { ...parts.redis })
  addBufferGauges(registry, parts.buffers)
  addPhaseGauge(registry, parts.phase)
}

const addPhaseGauge = (registry: Registry, phase: () => Phase): Gauge =>
  new Gauge({
    name: 'parley_drain_phase',
    help: '0 serving, 1 not ready any more, 2 sending its clients elsewhere.',
    registers: [registry],
    collect() {
      this.set(PHASES.indexOf(phase()))
    },
  })

const createProbe = (publisher: Redis, owner: string, metrics: GatewayMetrics): BusProbe =>
  new BusProbe({
    publisher,
    channel: `parley:probe:${owner}`,
    observe: (seconds) => metrics.busLag.observe(seconds),
    lost: () => metrics.busProbesLost.inc(),
  })

/** Where sockets come in, and what else is asked over HTTP. */
function openServer(
  { config, logger, redis, phase }: Parts,
  { registry, metrics }: { readonly registry: Registry; readonly metrics: GatewayMetrics },
): { readonly http: HttpServer; readonly io: ChatServer } {
  const http = createServer(
    SLOWEST,
    createServiceRoutes({ metrics: registry, isReady: () => phase() === 'serving' }),
  )
  const io = createSocketServer({
    http,
    publisher: createSafePublisher(redis.publisher, metrics.broadcastsLost),
    subscriber: createAdapterSubscriber(redis.adapterSubscriber, logger),
    config,
    isDraining: () => phase() === 'draining',
  })
  return { http, io }
}

/** The graph. Feeds tell sockets and sockets fill feeds: such circles are closed by name. */
function buildGateway(parts: Parts) {
  const { config, logger, redis, api, traces, phase } = parts
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
    gatherMs: GATHER_MS,
    isServing: () => phase() === 'serving',
  })
  const { feeds, users, reconciler, heads } = chat
  const offer = (roomNews: RoomNews): void => {
    traces?.hear(roomNews)
    feeds.offer(roomNews)
  }
  const { sendCommands } = new SharedRequests(api.sendCommands)
  const queues = new PartitionQueues({
    sendCommands: traces?.batches(sendCommands) ?? sendCommands,
    gatherMs: (roomId) => feeds.gatherMs(roomId),
    offer,
    deadlineMs: config.commandDeadlineMs,
    logger,
    onBatch: (size) => metrics.batchCommands.observe(size),
    onAnswer: (ms) => metrics.commandSeconds.observe(ms / 1_000),
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
  const probe = createProbe(publisher, presence.owner, metrics)
  const news = new RedisNews({
    subscriber: redis.newsSubscriber,
    onRoomNews: offer,
    onRoomSign: (sign) => signs.hear(sign),
    onUserNews: (userIds) => users.refreshSoon(userIds),
    onFollowing: (roomIds) => heads.lookAt(roomIds),
    onAway: () => reconciler.hurry(),
    onBack: () => void reconciler.lookNow(),
    heard: () => metrics.newsHeard.inc(),
    probe,
    logger,
  })
  const { http, io } = openServer(parts, { registry, metrics })
  const write = createRoomWriter(io)
  const writeToRoom = measureDelivery(traces?.handOff(write) ?? write, metrics)
  const buffers = new SendBuffers()
  addGauges(registry, { redis, buffers, phase })
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
    buffers,
    traces,
    chooseStatus: api.chooseStatus,
  })
  return { feeds, users, reconciler, queues, presence, signs, edge, probe, http, io }
}

/** Composition root. Listens when it resolves. */
export async function createGateway(config: GatewayConfig, logger: Logger): Promise<Gateway> {
  const closing = new Closing()
  let phase: Phase = 'serving'
  const redis = await openRedis(config, logger, closing)
  const api = createApiClient(config.apiUrl, config.internalToken)
  closing.add(() => api.close())
  const tracing = await startTracing(config.tracing, {
    name: 'parley-gateway',
    instance: config.name,
  })
  if (tracing !== undefined) closing.add(() => tracing.stop())
  const traces = tracing === undefined ? undefined : traceMessages(tracing)
  const built = buildGateway({ config, logger, redis, api, traces, phase: () => phase })
  const { feeds, users, reconciler, queues, presence, signs, edge, probe, http, io } = built
  reconciler.start()
  presence.start()
  probe.start()
  const reporter = reportGateway({
    name: config.name,
    owner: presence.owner,
    publisher: redis.publisher,
    connections: Object.values(redis),
    isServing: () => phase === 'serving',
    sockets: () => users.sessionCount,
    rooms: () => feeds.size,
    logger,
  })
  const port = await listen(http, config.port, config.host)
  logger.info({ port }, 'listening')
  reporter.start()

  return {
    port,
    async drain() {
      phase = 'leaving'
      reporter.say()
      if (users.size > 0) await sleep(config.drainNoticeMs)
      phase = 'draining'
      await drainSessions(users, config.drainWindowMs)
      await Promise.race([
        queues.idle(),
        sleep(config.commandDeadlineMs, undefined, { ref: false }),
      ])
      reconciler.stop()
      probe.stop()
      edge.stop()
      signs.stop()
      await presence.stop()
      await reporter.stop()
      feeds.closeAll()
      await io.close()
      await closing.close()
    },
  }
}
