import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServers } from '@parley/local-cluster'
import type { TestProject } from 'vitest/node'

/**
 * One Redis and one database server for all `*.redis.test.ts` and `*.mysql.test.ts`: private ones, or
 * those of TEST_REDIS_URL and TEST_DATABASE_URL, whose user then has to be allowed to make databases.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-services-'))
  const servers = await startServers({
    dir,
    redisUrl: process.env['TEST_REDIS_URL'],
    databaseUrl: process.env['TEST_DATABASE_URL'],
  })
  provide('redisUrl', servers.redisUrl)
  provide('databaseUrl', servers.databaseUrl)
  return async () => {
    await servers[Symbol.asyncDispose]()
    rmSync(dir, { recursive: true, force: true })
  }
}
