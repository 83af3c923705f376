import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { createPool, type Pool } from 'mariadb'
import { PrismaClient } from '@parley/database'

export type { Pool, PoolConnection } from 'mariadb'

/** Where one statement may wait for a lock or for MySQL itself before the request is given up. */
const QUERY_TIMEOUT_MS = 10_000

function poolOptions(url: string, connections: number) {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    host: hostname,
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    connectionLimit: connections,
    connectTimeout: 2_000,
    acquireTimeout: 3_000,
    socketTimeout: QUERY_TIMEOUT_MS,
    minDelayValidation: 500,
    // A primary of MySQL 8 proves itself to new passwords by its key; harmless on MariaDB.
    allowPublicKeyRetrieval: true,
    timezone: 'Z',
  }
}

/**
 * For the room log: raw, pipelined. READ COMMITTED, so that what is read after the head's lock is
 * what is committed, and no gap locks are taken. Numbers stay below 2^53 by contract.
 */
export function createLogPool(databaseUrl: string, connections: number): Pool {
  return createPool({
    ...poolOptions(databaseUrl, connections),
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
