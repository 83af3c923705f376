import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PrismaClient } from '@parley/database'
import { HOT_ROOMS_WINDOW_S } from '@parley/message-schema'
import {
  addRedisGauge,
  Closing,
  createPublisher,
  createRegistry,
  createSubscriber,
  createTokenSigner,
  createVerifyToken,
  FailPoints,
  listen,
  rememberVerified,
  startTracing,
  type Logger,
  type Redis,
  type Registry,
  type TokenSigner,
} from '@parley/server-kit'
import { createHotRooms, type HotRooms } from './admin/hot-rooms.ts'
import { createReportingProcess } from './admin/report-process.ts'
import { createEnsureHostUsers } from './auth/host-users.ts'
import type { ApiConfig } from './config.ts'
import { createLogPool, createPrisma, createWriterPool, type Pool } from './db/connect.ts'
import { addDatabaseGauges } from './db/database-gauges.ts'
import { retryAdviceOf } from './db/database-errors.ts'
import { startForgetting } from './db/forget-expired.ts'
import { createHasReachedDatabase } from './db/has-reached-database.ts'
import { readHeads } from './db/log/heads-store.ts'
import { createFileStore } from './db/files/file-store.ts'
import { createLogStore } from './db/log/log-store.ts'
import { measureLog } from './db/log/measure-log.ts'
import { createFindAttachments } from './files/find-attachments.ts'
import { createRequestSeconds } from './http/access-log.ts'
import { createApp } from './http/app.ts'
import { closeServer } from './http/close-server.ts'
import { createInternal } from './internal/create-internal.ts'
import { createAnnouncements, type Announcements } from './news/announce.ts'
import { createTellUser } from './news/tell-user.ts'
import { EventWaiters } from './news/wait-for-events.ts'
import {
  createPreparation,
  type Preparation,
  type PreparationPorts,
} from './preparation/create-preparation.ts'
import { createLivingGateways } from './presence/living-gateways.ts'
import { createPresence } from './presence/create-presence.ts'
import { createRoomLog, type RoomLog } from './room-log/room-log.ts'
import { traceLog, type LogTraces } from './tracing/trace-log.ts'

export interface Api {
  readonly port: number
  /** Not ready, then no new connections, then everything closed in order. */
  readonly stop: () => Promise<void>
}

/** Transactions of the room log at the same time: few, so that batches are large when it matters. */
const LOG_TRANSACTIONS = 4
/** No longer than an orchestrator waits. */
const LAST_ANSWERS_MS = 10_000
const PATIENCE = {
  keepAliveTimeout: 65_000,
  headersTimeout: 10_000,
  /** For a whole request: a large file over a thin line. Bodies that stand still are cut off before. */
  requestTimeout: 3_600_000,
  connectionsCheckingInterval: 2_000,
}

interface Stores {
  readonly pool: Pool
  readonly writers: Pool
  readonly prisma: PrismaClient
  readonly publisher: Redis
  readonly subscriber: Redis
}

function openStores(config: ApiConfig, logger: Logger, closing: Closing): Stores {
  const writers = createWriterPool(config.databaseUrl, LOG_TRANSACTIONS)
  closing.add(() => writers.end())
  const pool = createLogPool(config.databaseUrl, config.databaseConnections)
  closing.add(() => pool.end())
  const prisma = createPrisma(config.databaseUrl, Math.ceil(config.databaseConnections / 2))
  closing.add(() => prisma.$disconnect())
  const redis = { url: config.redisUrl, name: config.name, logger }
  const publisher = createPublisher(redis)
  closing.add(() => publisher.disconnect())
  const subscriber = createSubscriber(redis)
  closing.add(() => subscriber.disconnect())
  return { pool, writers, prisma, publisher, subscriber }
}

interface LogParts {
  readonly announce: Announcements['announce']
  readonly waiters: EventWaiters
  readonly roomLog: RoomLog
}

/** The log, and who is told of what it has committed. */
function createLog(
  { pool, writers, publisher, subscriber }: Stores,
  parts: {
    logger: Logger
    metrics: Registry
    failPoints: FailPoints
    traces: LogTraces | undefined
    hotRooms: HotRooms
  },
): LogParts {
  const { logger, metrics, failPoints, traces, hotRooms } = parts
  const { announce } = createAnnouncements({ publisher, logger, failPoints, metrics, traces })
  const waiters = new EventWaiters({
    subscriber,
    logger,
    readHeads: async (roomIds) => {
      const heads = await readHeads(pool, roomIds)
      return new Map(Array.from(heads, ([roomId, { head }]) => [roomId, head]))
    },
  })
  const measured = { registry: metrics, queued: () => roomLog.queued() }
  const store = measureLog(createLogStore(writers, failPoints), measured)
  const roomLog = createRoomLog({
    store: traces?.store(store) ?? store,
    transactions: LOG_TRANSACTIONS,
    retryAdviceOf,
    announceFailed: (error) => logger.error({ err: error }, 'could not announce'),
    announce: ({ news, changedUsers }) => {
      announce(news, changedUsers)
      hotRooms.note(news)
      waiters.moved(news.map(({ roomId, events }) => [roomId, events.at(-1)?.seq ?? 0]))
    },
  })
  return { announce, waiters, roomLog: traces?.roomLog(roomLog) ?? roomLog }
}

const readSigner = async (config: ApiConfig): Promise<TokenSigner> =>
  createTokenSigner(
    await readFile(config.tokenSigningKeyFile, 'utf8'),
    config.tokens,
    await Promise.all(config.tokenVerifyKeyFiles.map((file) => readFile(file, 'utf8'))),
  )

async function startTraces(config: ApiConfig, closing: Closing): Promise<LogTraces | undefined> {
  const tracing = await startTracing(config.tracing, { name: 'parley-api', instance: config.name })
  if (tracing === undefined) return undefined
  closing.add(() => tracing.stop())
  return traceLog(tracing)
}

function addGauges(metrics: Registry, stores: Stores): void {
  const { publisher, subscriber } = stores
  addRedisGauge(metrics, { publisher, subscriber })
  addDatabaseGauges(metrics, stores)
}

const prepare = (
  config: ApiConfig,
  pool: Pool,
  parts: Pick<PreparationPorts, 'roomLog' | 'onlineAmong' | 'logger' | 'metrics'>,
): Preparation =>
  createPreparation({
    ...parts,
    pool,
    settings: config.preparation,
    findAttachments: createFindAttachments(createFileStore(pool)),
  })

/** Composition root: the only place that builds the graph. Listens when it resolves. */
export async function createApi(config: ApiConfig, logger: Logger): Promise<Api> {
  const closing = new Closing()
  const metrics = createRegistry(config.name)
  const failPoints = new FailPoints(config.test.failPointsEnabled, config.test.mutants)
  const signer = await readSigner(config)
  const stores = openStores(config, logger, closing)
  const hotRooms = createHotRooms(HOT_ROOMS_WINDOW_S * 1_000)
  const { pool, prisma } = stores
  const traces = await startTraces(config, closing)
  const parts = { logger, metrics, failPoints, traces }
  const { announce, waiters, roomLog: log } = createLog(stores, { ...parts, hotRooms })
  const ensureHostUsers = createEnsureHostUsers(pool)
  const forgetting = startForgetting(pool, logger)
  closing.add(() => forgetting.stop())
  const hasReachedDatabase = createHasReachedDatabase(pool)
  const notifyUsers = (userIds: string[]): void => announce([], userIds)
  const { publisher } = stores
  addGauges(metrics, stores)
  const tellUser = createTellUser(publisher, metrics)
  const presence = createPresence({ pool, publisher, logger, name: config.name, notifyUsers })
  const { onlineAmong } = presence.onlineUsers
  const preparation = prepare(config, pool, { roomLog: log, onlineAmong, logger, metrics })
  closing.add(() => preparation.stop())
  const { roomLog } = preparation
  let isServing = true
  const stopping = new AbortController()
  const requestSeconds = createRequestSeconds(metrics)
  const reporting = createReportingProcess({
    kind: 'api',
    name: config.name,
    redis: publisher,
    pool,
    isStopping: () => !isServing,
    hotRooms,
    logger,
  })
  closing.add(() => reporting.stop())

  const app = createApp({
    logger,
    config,
    prisma,
    logPool: pool,
    signer,
    verifyToken: rememberVerified(createVerifyToken(config.tokens, { keySet: signer.keySet })),
    run: roomLog.run,
    waitForEvents: waiters.wait,
    stopping: stopping.signal,
    notifyUsers,
    presence,
    preparation,
    tellUser,
    livingGateways: createLivingGateways(publisher),
    redis: publisher,
    ownReport: reporting.latest,
    tellUserOfRead: (fact) => tellUser(fact.userId, 'read:moved', fact),
    metrics,
    isReady: async () => isServing && (await hasReachedDatabase()),
    ensureHostUsers,
    requestSeconds,
  })
  const shared = { roomLog, ensureHostUsers, presence, logger, requestSeconds }
  const internal = createInternal({ ...config, ...shared, pool, failPoints, traces }, app)
  const server = createServer(PATIENCE, internal)
  const port = await listen(server, config.port, config.host)
  logger.info({ port }, 'listening')
  reporting.start()

  return {
    port,
    async stop() {
      isServing = false
      await sleep(config.stopNoticeMs)
      stopping.abort()
      waiters.close()
      await closeServer(server, LAST_ANSWERS_MS)
      await roomLog.idle()
      await closing.close()
    },
  }
}
