import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PrismaClient } from '@parley/database'
import {
  Closing,
  createPublisher,
  createRegistry,
  createSubscriber,
  createTokenSigner,
  createVerifyToken,
  FailPoints,
  Histogram,
  listen,
  type Logger,
  type Redis,
  type Registry,
} from '@parley/server-kit'
import { createEnsureHostUsers } from './auth/host-users.ts'
import type { ApiConfig } from './config.ts'
import { createLogPool, createPrisma, type Pool } from './db/connect.ts'
import { retryAdviceOf } from './db/database-errors.ts'
import { startForgetting } from './db/forget-expired.ts'
import { createHasReachedDatabase } from './db/has-reached-database.ts'
import { readHeads } from './db/log/heads-store.ts'
import { createFileStore } from './db/files/file-store.ts'
import { createLogStore } from './db/log/log-store.ts'
import { createFindAttachments } from './files/find-attachments.ts'
import { createApp } from './http/app.ts'
import { closeServer } from './http/close-server.ts'
import { createInternalRouter } from './internal/internal-router.ts'
import { createAnnouncements, type Announcements } from './news/announce.ts'
import { createTellUser } from './news/tell-user.ts'
import { EventWaiters } from './news/wait-for-events.ts'
import { createPreparation } from './preparation/create-preparation.ts'
import { createLivingGateways } from './presence/living-gateways.ts'
import { createPresence } from './presence/create-presence.ts'
import { createRoomLog, type RoomLog } from './room-log/room-log.ts'

export interface Api {
  readonly port: number
  /** Not ready, then no new connections, then everything closed in order. */
  readonly stop: () => Promise<void>
}

/** Transactions of the room log at the same time: few, so that batches are large when it matters. */
const LOG_LANES = 4
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
  readonly prisma: PrismaClient
  readonly publisher: Redis
  readonly subscriber: Redis
}

function openStores(config: ApiConfig, logger: Logger, closing: Closing): Stores {
  const pool = createLogPool(config.databaseUrl, config.databaseConnections)
  closing.add(() => pool.end())
  const prisma = createPrisma(config.databaseUrl, Math.ceil(config.databaseConnections / 2))
  closing.add(() => prisma.$disconnect())
  const redis = { url: config.redisUrl, name: config.name, logger }
  const publisher = createPublisher(redis)
  closing.add(() => publisher.disconnect())
  const subscriber = createSubscriber(redis)
  closing.add(() => subscriber.disconnect())
  return { pool, prisma, publisher, subscriber }
}

interface LogParts {
  readonly announce: Announcements['announce']
  readonly waiters: EventWaiters
  readonly roomLog: RoomLog
}

/** The log, and who is told of what it has committed. */
function createLog(
  { pool, publisher, subscriber }: Stores,
  parts: { logger: Logger; metrics: Registry; failPoints: FailPoints },
): LogParts {
  const { logger, metrics, failPoints } = parts
  const { announce } = createAnnouncements({ publisher, logger, failPoints, metrics })
  const waiters = new EventWaiters({
    subscriber,
    logger,
    readHeads: async (roomIds) => {
      const heads = await readHeads(pool, roomIds)
      return new Map(Array.from(heads, ([roomId, { head }]) => [roomId, head]))
    },
  })
  const batchSize = new Histogram({
    name: 'parley_log_batch_commands',
    help: 'Commands in one transaction of the room log.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
    registers: [metrics],
  })
  const roomLog = createRoomLog({
    store: createLogStore(pool, failPoints),
    lanes: LOG_LANES,
    retryAdviceOf,
    onBatch: (size) => batchSize.observe(size),
    announceFailed: (error) => logger.error({ err: error }, 'could not announce'),
    announce: ({ news, changedUsers }) => {
      announce(news, changedUsers)
      waiters.moved(news.map(({ roomId, events }) => [roomId, events.at(-1)?.seq ?? 0]))
    },
  })
  return { announce, waiters, roomLog }
}

/** Composition root: the only place that builds the graph. Listens when it resolves. */
export async function createApi(config: ApiConfig, logger: Logger): Promise<Api> {
  const closing = new Closing()
  const metrics = createRegistry(config.name)
  const failPoints = new FailPoints(config.test.failPointsEnabled, config.test.mutants)
  const signer = createTokenSigner(
    await readFile(config.tokenSigningKeyFile, 'utf8'),
    config.tokens,
    await Promise.all(config.tokenVerifyKeyFiles.map((file) => readFile(file, 'utf8'))),
  )
  const stores = openStores(config, logger, closing)
  const { pool, prisma } = stores
  const { announce, waiters, roomLog: log } = createLog(stores, { logger, metrics, failPoints })
  const ensureHostUsers = createEnsureHostUsers(pool)
  const forgetting = startForgetting(pool, logger)
  closing.add(() => forgetting.stop())
  const hasReachedDatabase = createHasReachedDatabase(pool)
  const notifyUsers = (userIds: string[]): void => announce([], userIds)
  const { publisher } = stores
  const tellUser = createTellUser(publisher, metrics)
  const presence = createPresence({ pool, publisher, logger, name: config.name, notifyUsers })
  const preparation = createPreparation({
    roomLog: log,
    pool,
    settings: config.preparation,
    findAttachments: createFindAttachments(createFileStore(pool)),
    onlineAmong: presence.onlineUsers.onlineAmong,
    logger,
    metrics,
  })
  closing.add(() => preparation.stop())
  const { roomLog } = preparation
  let stopping = false

  const app = createApp({
    logger,
    config,
    prisma,
    logPool: pool,
    signer,
    verifyToken: createVerifyToken(config.tokens, { keySet: signer.keySet }),
    run: roomLog.run,
    waitForEvents: waiters.wait,
    notifyUsers,
    presence,
    preparation,
    tellUser,
    livingGateways: createLivingGateways(publisher),
    tellUserOfRead: (fact) => tellUser(fact.userId, 'read:moved', fact),
    metrics,
    isReady: async () => !stopping && (await hasReachedDatabase()),
    ensureHostUsers,
    internal: createInternalRouter({
      pool,
      roomLog,
      ensureHostUsers,
      presence,
      failPoints,
      internalToken: config.internalToken,
      accessTokenTtlS: config.accessTokenTtlS,
    }),
  })
  const server = createServer(PATIENCE, app)
  const port = await listen(server, config.port, config.host)
  logger.info({ port }, 'listening')

  return {
    port,
    async stop() {
      stopping = true
      await sleep(config.stopNoticeMs)
      waiters.close()
      await closeServer(server, LAST_ANSWERS_MS)
      await roomLog.idle()
      await closing.close()
    },
  }
}
