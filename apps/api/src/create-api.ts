import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  Closing,
  createPublisher,
  createRegistry,
  createSubscriber,
  createTokenSigner,
  createVerifyToken,
  FailPoints,
  Histogram,
  type Logger,
} from '@parley/server-kit'
import { createEnsureHostUsers } from './auth/host-users.ts'
import type { ApiConfig } from './config.ts'
import { createLogPool, createPrisma } from './db/connect.ts'
import { retryAdviceOf } from './db/database-errors.ts'
import { readHeads } from './db/heads-store.ts'
import { createLogStore } from './db/log-store.ts'
import { createApp } from './http/app.ts'
import { createInternalRouter } from './internal/internal-router.ts'
import { createAnnouncements } from './news/announce.ts'
import { EventWaiters } from './news/wait-for-events.ts'
import { createRoomLog } from './room-log/room-log.ts'

export interface Api {
  readonly port: number
  /** Not ready, then no new connections, then everything closed in order. */
  readonly stop: () => Promise<void>
}

/** Transactions of the room log at the same time: few, so that batches are large when it matters. */
const LOG_LANES = 4

/** Composition root: the only place that builds the graph. Listens when it resolves. */
export async function createApi(config: ApiConfig, logger: Logger): Promise<Api> {
  const closing = new Closing()
  const metrics = createRegistry(config.name)
  const failPoints = new FailPoints(config.failPointsEnabled)
  const signingKey = await readFile(config.tokenSigningKeyFile, 'utf8')
  const signer = createTokenSigner(signingKey, config.tokens)

  const pool = createLogPool(config.databaseUrl, config.databaseConnections)
  closing.add(() => pool.end())
  const prisma = createPrisma(config.databaseUrl, Math.ceil(config.databaseConnections / 2))
  closing.add(() => prisma.$disconnect())
  const redis = { url: config.redisUrl, name: config.name, logger }
  const publisher = createPublisher(redis)
  closing.add(() => publisher.disconnect())
  const subscriber = createSubscriber(redis)
  closing.add(() => subscriber.disconnect())

  const { announce } = createAnnouncements({ publisher, logger, failPoints, metrics })
  const waiters = new EventWaiters({
    subscriber,
    logger,
    readHeads: async (roomIds) => {
      const heads = await readHeads(pool, roomIds)
      return new Map([...heads].map(([roomId, { head }]) => [roomId, head]))
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
    announce: ({ news, changedUsers }) => {
      announce(news, changedUsers)
      waiters.moved(news.map(({ roomId, events }) => [roomId, events.at(-1)?.seq ?? 0]))
    },
  })
  const ensureHostUsers = createEnsureHostUsers(pool)

  let stopping = false
  let reachedDatabase = false
  /** All replicas share one database: leaving the balancer when it is away would help nobody. */
  const isReady = async (): Promise<boolean> => {
    if (stopping) return false
    reachedDatabase ||= await pool.query('SELECT 1 FROM log_epoch').then(
      () => true,
      () => false,
    )
    return reachedDatabase
  }

  const app = createApp({
    logger,
    config,
    prisma,
    logPool: pool,
    signer,
    verifyToken: createVerifyToken(config.tokens, { keySet: signer.keySet }),
    run: roomLog.run,
    waitForEvents: waiters.wait,
    notifyUsers: (userIds) => announce([], userIds),
    metrics,
    isReady,
    ensureHostUsers,
    internal: createInternalRouter({
      pool,
      roomLog,
      ensureHostUsers,
      failPoints,
      internalToken: config.internalToken,
      accessTokenTtlS: config.accessTokenTtlS,
    }),
  })
  const server = createServer({ keepAliveTimeout: 65_000 }, app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  logger.info({ port }, 'listening')

  return {
    port,
    async stop() {
      stopping = true
      await sleep(config.stopNoticeMs)
      waiters.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await Promise.race([closed, sleep(10_000, undefined, { ref: false })])
      server.closeAllConnections()
      await roomLog.idle()
      await closing.close()
    },
  }
}
