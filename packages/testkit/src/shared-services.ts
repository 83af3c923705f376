import { randomBytes } from 'node:crypto'
import { connectionConfig, migrate } from '@parley/database'
import { createConnection } from 'mariadb'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the Redis that the tests of a run share. */
    redisUrl: string
    /** Of a database on the server that they share; it stays empty. */
    databaseUrl: string
  }
}

export interface FreshDatabase extends AsyncDisposable {
  readonly url: string
}

/** A migrated database that nobody else uses; it is dropped when it is disposed of. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const url = new URL(shared('databaseUrl', '.mysql.test.ts'))
  const server = connectionConfig(url.href)
  const name = `parley_test_${randomBytes(6).toString('hex')}`
  const query = async (sql: string): Promise<void> => {
    const connection = await createConnection(server)
    await connection.query(sql)
    await connection.end()
  }
  await query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  url.pathname = name
  await migrate(url.href)
  return { url: url.href, [Symbol.asyncDispose]: () => query(`DROP DATABASE ${name}`) }
}

/** Shared by all tests of the run: every test prefixes its keys. */
export function redisUrl(): string {
  return shared('redisUrl', '.redis.test.ts')
}

function shared(key: 'redisUrl' | 'databaseUrl', suffix: string): string {
  const url = inject(key)
  if (url !== undefined) return url
  throw new Error(`Nothing serves this test: the name of its file has to end in ${suffix}.`)
}
