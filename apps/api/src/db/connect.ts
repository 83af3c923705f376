import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { createPool, type Pool } from 'mariadb'
import { connectionConfig, PrismaClient } from '@parley/database'

export type { Pool, PoolConnection } from 'mariadb'

/** Where one statement may wait for a lock or for MySQL itself before the request is given up. */
const QUERY_TIMEOUT_MS = 10_000
/**
 * After so long without a word the server ends a connection, and with it the locks of a transaction
 * whose machine has vanished without a goodbye: its own default is eight hours. The driver ends one
 * that is silent at its own time-out, so that nothing which lives is concerned.
 */
const WAIT_TIMEOUT_S = 15
const VALIDATED_FOR_MS = 5_000
const KEPT_CONNECTIONS = 4
const IDLE_CONNECTION_S = 60

function poolOptions(url: string, connections: number) {
  return {
    ...connectionConfig(url),
    connectionLimit: connections,
    connectTimeout: 2_000,
    acquireTimeout: 3_000,
    socketTimeout: QUERY_TIMEOUT_MS,
    // A server that went away ends its connections by itself: this is for those that nobody told.
    minDelayValidation: VALIDATED_FOR_MS,
    // Asked in turn: few that are warm serve better than many that are cold.
    minimumIdle: Math.min(KEPT_CONNECTIONS, connections),
    idleTimeout: IDLE_CONNECTION_S,
    timezone: 'Z',
    sessionVariables: { wait_timeout: WAIT_TIMEOUT_S },
  }
}

/**
 * For the room log: raw, pipelined. READ COMMITTED, so that what is read after the head's lock is
 * what is committed, and no gap locks are taken. Numbers stay below 2^53 by contract.
 */
export const createLogPool = (databaseUrl: string, connections: number): Pool =>
  createRawPool(databaseUrl, connections, {})

/** For the one writer of rooms, whose statements travel several a packet. */
export const createWriterPool = (databaseUrl: string, connections: number): Pool =>
  createRawPool(databaseUrl, connections, { multipleStatements: true })

function createRawPool(databaseUrl: string, connections: number, more: object): Pool {
  return createPool({
    ...poolOptions(databaseUrl, connections),
    ...more,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    checkNumberRange: true,
    initSql: ['SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', 'SET NAMES utf8mb4'],
  })
}

/** For everything but the log's hot path. */
export function createPrisma(databaseUrl: string, connections: number): PrismaClient {
  return new PrismaClient({ adapter: new PrismaMariaDb(poolOptions(databaseUrl, connections)) })
}
