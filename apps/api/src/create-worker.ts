import { createServer } from 'node:http'
import type { PrismaClient } from '@parley/database'
import {
  addRedisGauge,
  Closing,
  Counter,
  createPublisher,
  createQueueConnection,
  createRegistry,
  FailPoints,
  Histogram,
  listen,
  type Logger,
  type Redis,
  type Registry,
} from '@parley/server-kit'
import { HOT_ROOMS_WINDOW_S } from '@parley/message-schema'
import express from 'express'
import { createHotRooms, type HotRooms } from './admin/hot-rooms.ts'
import { createReportingProcess } from './admin/report-process.ts'
import { createLogPool, createPrisma, createWriterPool, type Pool } from './db/connect.ts'
import { addDatabaseGauges } from './db/database-gauges.ts'
import { retryAdviceOf } from './db/database-errors.ts'
import { createFileStore } from './db/files/file-store.ts'
import { createHasReachedDatabase } from './db/has-reached-database.ts'
import { createLogStore } from './db/log/log-store.ts'
import { createFindAttachments } from './files/find-attachments.ts'
import { measureLog } from './db/log/measure-log.ts'
import { createOutboxStore } from './db/log/outbox-store.ts'
import { closeServer } from './http/close-server.ts'
import { createProbes } from './http/probes.ts'
import { createJobs } from './jobs/all-jobs.ts'
import { createJobQueues, type JobQueues } from './jobs/job-queues.ts'
import type { Enqueue, LogConsumer } from './jobs/job.ts'
import { startOutboxPump, type OutboxPump } from './jobs/outbox-pump.ts'
import { runJobs } from './jobs/run-jobs.ts'
import { createAnnouncements } from './news/announce.ts'
import { createPreparation } from './preparation/create-preparation.ts'
import { createOnlineUsers } from './presence/online-users.ts'
import { createRoomLog, type RoomLog } from './room-log/room-log.ts'
import type { WorkerConfig } from './worker-config.ts'

export interface Worker {
  readonly port: number
  /** Takes nothing more, ends what it has in hand, closes everything in order. */
  readonly stop: () => Promise<void>
}

/** Jobs change few rooms; readers and senders have the API. */
const LOG_TRANSACTIONS = 1
/** Only probes and metrics are asked for. */
const LAST_ANSWERS_MS = 1_000

interface Stores {
  readonly pool: Pool
  readonly writers: Pool
  readonly prisma: PrismaClient
  readonly publisher: Redis
  readonly queueConnection: Redis
}

function openStores(config: WorkerConfig, logger: Logger, closing: Closing): Stores {
  const writers = createWriterPool(config.databaseUrl, LOG_TRANSACTIONS)
  closing.add(() => writers.end())
  const pool = createLogPool(config.databaseUrl, config.databaseConnections)
  closing.add(() => pool.end())
  const prisma = createPrisma(config.databaseUrl, Math.ceil(config.databaseConnections / 4))
  closing.add(() => prisma.$disconnect())
  const redis = { url: config.redisUrl, name: config.name, logger }
  const publisher = createPublisher(redis)
  closing.add(() => publisher.disconnect())
  const queueConnection = createQueueConnection(redis)
  closing.add(() => queueConnection.disconnect())
  return { pool, writers, prisma, publisher, queueConnection }
}

interface Parts {
  readonly logger: Logger
  readonly metrics: Registry
  readonly failPoints: FailPoints
  readonly hotRooms: HotRooms
}

/** A writer of rooms like those of the API: the rooms' locks hold between them. */
function createLog(
  { writers, publisher }: Stores,
  { logger, metrics, failPoints, hotRooms }: Parts,
): RoomLog {
  const { announce } = createAnnouncements({ publisher, logger, failPoints, metrics })
  const measured = { registry: metrics, queued: () => log.queued() }
  const log = createRoomLog({
    store: measureLog(createLogStore(writers, failPoints), measured),
    transactions: LOG_TRANSACTIONS,
    retryAdviceOf,
    announceFailed: (error) => logger.error({ err: error }, 'could not announce'),
    announce: ({ news, changedUsers }) => {
      announce(news, changedUsers)
      hotRooms.note(news)
    },
  })
  return log
}

function startPump(
  pool: Pool,
  consumers: readonly LogConsumer[],
  { logger, metrics }: Parts,
): OutboxPump {
  const lag = new Histogram({
    name: 'parley_outbox_lag_seconds',
    help: 'From the commit of an event until jobs knew of it.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
    registers: [metrics],
  })
  const failures = new Counter({
    name: 'parley_outbox_failures_total',
    help: 'Batches of the outbox that a consumer did not take; they come again.',
    labelNames: ['consumer'],
    registers: [metrics],
  })
  return startOutboxPump({
    store: createOutboxStore(pool),
    consumers,
    logger,
    onBatch: (rows) => rows.forEach(({ ageMs }) => lag.observe(ageMs / 1_000)),
    onFailure: (consumer) => failures.inc({ consumer }),
  })
}

/** Composition root of the worker role: outbox, jobs, and the probes. Runs when it resolves. */
export async function createWorker(config: WorkerConfig, logger: Logger): Promise<Worker> {
  const closing = new Closing()
  const metrics = createRegistry(config.name)
  const failPoints = new FailPoints(config.test.failPointsEnabled, config.test.mutants)
  const hotRooms = createHotRooms(HOT_ROOMS_WINDOW_S * 1_000)
  const parts: Parts = { logger, metrics, failPoints, hotRooms }
  const stores = openStores(config, logger, closing)
  const { pool, prisma, publisher, queueConnection } = stores
  addRedisGauge(metrics, { publisher, queue: queueConnection })
  addDatabaseGauges(metrics, stores)
  const preparation = createPreparation({
    roomLog: createLog(stores, parts),
    pool,
    settings: config.preparation,
    findAttachments: createFindAttachments(createFileStore(pool)),
    onlineAmong: createOnlineUsers(publisher, logger).onlineAmong,
    logger,
    metrics,
  })
  closing.add(() => preparation.stop())
  const { roomLog } = preparation

  let queues: JobQueues | undefined
  const enqueue: Enqueue = async (name, jobs) => queues?.enqueue(name, jobs)
  const { run } = roomLog
  const { jobs, consumers } = createJobs({
    ...parts,
    config,
    pool,
    prisma,
    run,
    publisher,
    enqueue,
  })
  const carrying = { prefix: config.jobsPrefix, logger, metrics }
  queues = createJobQueues(jobs, { ...carrying, publisher })
  const running = runJobs(jobs, { ...carrying, connection: stores.queueConnection })
  queues.startClock()
  const pump = startPump(pool, consumers, parts)

  let stopping = false
  const reporting = createReportingProcess({
    kind: 'worker',
    name: config.name,
    redis: publisher,
    pool,
    isStopping: () => stopping,
    hotRooms,
    logger,
  })
  const hasReachedDatabase = createHasReachedDatabase(pool)
  const isReady = async (): Promise<boolean> => !stopping && (await hasReachedDatabase())
  const app = express().disable('x-powered-by').use(createProbes({ isReady, metrics }))
  const server = createServer(app)
  const port = await listen(server, config.port, config.host)
  logger.info({ port }, 'working')
  reporting.start()

  return {
    port,
    async stop() {
      stopping = true
      await pump.stop()
      await reporting.stop()
      await Promise.all([running.stop(), queues.close()])
      await roomLog.idle()
      await closeServer(server, LAST_ANSWERS_MS)
      await closing.close()
    },
  }
}
