import { connectionConfig } from '@parley/database'
import { createConnection } from 'mariadb'
import { expect, test } from 'vitest'
import { freshDatabase } from './shared-services.ts'

async function tablesOf(url: string): Promise<number> {
  const connection = await createConnection(connectionConfig(url))
  const rows = await connection.query<unknown[]>('SHOW TABLES')
  await connection.end()
  return rows.length
}

test('each call makes a migrated database of its own, which goes when it is disposed of', async () => {
  const first = await freshDatabase()
  const second = await freshDatabase()
  expect(second.url).not.toBe(first.url)
  expect(await tablesOf(first.url)).toBeGreaterThan(10)
  await first[Symbol.asyncDispose]()
  await expect(tablesOf(first.url)).rejects.toThrow('Unknown database')
  expect(await tablesOf(second.url)).toBeGreaterThan(10)
  await second[Symbol.asyncDispose]()
})
