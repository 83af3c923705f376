import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mariadb'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { connectionConfig } from './database-url.ts'
import { migrate } from './migrate.ts'
import { migrationStatus } from './migration-status.ts'

let url = ''
let folder = ''

async function query(at: string, sql: string): Promise<unknown[]> {
  const connection = await createConnection(connectionConfig(at))
  try {
    return await connection.query<unknown[]>(sql)
  } finally {
    await connection.end()
  }
}

beforeEach(async () => {
  const fresh = new URL(inject('databaseUrl'))
  const name = `parley_status_${randomBytes(6).toString('hex')}`
  await query(fresh.href, `CREATE DATABASE ${name}`)
  fresh.pathname = name
  url = fresh.href
  folder = mkdtempSync(join(tmpdir(), 'parley-migrations-'))
  write('1_first', 'CREATE TABLE a (id INT)')
})
afterEach(async () => {
  await query(url, `DROP DATABASE ${new URL(url).pathname.slice(1)}`)
  rmSync(folder, { recursive: true })
})

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'migration.sql'), sql)
}

const NOTHING = { applied: [], pending: [], failed: [], changed: [] }

test('of an empty database everything waits, and looking makes no table', async () => {
  expect(await migrationStatus(url, folder)).toEqual({ ...NOTHING, pending: ['1_first'] })
  expect(await query(url, 'SHOW TABLES')).toHaveLength(0)
})

test('what is applied, what waits, what failed and what was changed are told apart', async () => {
  await migrate(url, { folder })
  expect(await migrationStatus(url, folder)).toEqual({ ...NOTHING, applied: ['1_first'] })
  write('2_second', 'NO SQL')
  write('3_third', 'CREATE TABLE c (id INT)')
  await expect(migrate(url, { folder })).rejects.toThrow('half way')
  write('1_first', 'CREATE TABLE a (id BIGINT)')
  expect(await migrationStatus(url, folder)).toEqual({
    applied: [],
    changed: ['1_first'],
    failed: ['2_second'],
    pending: ['3_third'],
  })
})
