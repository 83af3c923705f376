import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mariadb'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { connectionConfig } from './database-url.ts'
import { migrate } from './migrate.ts'
import { readMigrations } from './migrations-folder.ts'

let url = ''
let folder = ''

beforeEach(async () => {
  const fresh = new URL(inject('databaseUrl'))
  const name = `parley_migrate_${randomBytes(6).toString('hex')}`
  await queryAt(fresh.href, `CREATE DATABASE ${name}`)
  fresh.pathname = name
  url = fresh.href
  folder = mkdtempSync(join(tmpdir(), 'parley-migrations-'))
})
afterEach(async () => {
  await query(`DROP DATABASE ${new URL(url).pathname.slice(1)}`)
  rmSync(folder, { recursive: true })
})

async function queryAt<Row>(at: string, sql: string): Promise<Row[]> {
  const connection = await createConnection(connectionConfig(at))
  try {
    return await connection.query<Row[]>(sql)
  } finally {
    await connection.end()
  }
}
const query = <Row>(sql: string): Promise<Row[]> => queryAt<Row>(url, sql)

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'migration.sql'), sql)
}

test('applies what is missing, in order, once', async () => {
  write('2_second', 'ALTER TABLE a ADD COLUMN name TEXT; -- and;\nINSERT INTO a VALUES (1, "x;y");')
  write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY)')
  const seen: string[] = []
  expect(await migrate(url, { folder, onApply: (name) => seen.push(name) })).toEqual([
    '1_first',
    '2_second',
  ])
  expect(seen).toEqual(['1_first', '2_second'])
  expect(await migrate(url, { folder })).toEqual([])
  expect(await query('SELECT * FROM a')).toEqual([{ id: 1, name: 'x;y' }])

  write('3_third', 'DROP TABLE a')
  expect(await migrate(url, { folder })).toEqual(['3_third'])
})

test('keeps the table as Prisma does', async () => {
  const applied = await migrate(url)
  const [migration] = await readMigrations()
  const rows = await query<Record<string, unknown>>(
    'SELECT * FROM _prisma_migrations ORDER BY migration_name',
  )
  expect(rows).toHaveLength(applied.length)
  expect(rows[0]).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/u),
    checksum: migration?.checksum,
    migration_name: migration?.name,
    started_at: expect.any(Date),
    finished_at: expect.any(Date),
    applied_steps_count: 1,
    logs: null,
    rolled_back_at: null,
  })
})

test('runners that start at once apply each migration once', async () => {
  write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY)')
  write('2_second', 'CREATE TABLE b (id INT PRIMARY KEY)')
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(url, { folder })))
  expect(applied.flat().toSorted()).toEqual(['1_first', '2_second'])
})

test('a file that was changed after it was applied is refused', async () => {
  write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY)')
  await migrate(url, { folder })
  write('1_first', 'CREATE TABLE a (id BIGINT PRIMARY KEY)')
  await expect(migrate(url, { folder })).rejects.toThrow('1_first was changed after it was applied')
})

test('a migration that failed half way stops every later run until somebody has looked', async () => {
  write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE a (id INT PRIMARY KEY)')
  await expect(migrate(url, { folder })).rejects.toThrow(
    /1_first failed half way: .*already exists/u,
  )
  await expect(migrate(url, { folder })).rejects.toThrow('1_first failed half way; see')
  const [row] = await query<{ logs: string }>('SELECT logs FROM _prisma_migrations')
  expect(row?.logs).toContain('already exists')

  await query('DROP TABLE a')
  await query('UPDATE _prisma_migrations SET rolled_back_at = NOW(3)')
  write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY)')
  expect(await migrate(url, { folder })).toEqual(['1_first'])
})

test('a database with tables of somebody else is refused and left as it was', async () => {
  await query('CREATE TABLE wordpress (id INT PRIMARY KEY)')
  await expect(migrate(url)).rejects.toThrow('has tables that no migration made')
  expect(await query('SHOW TABLES')).toHaveLength(1)
})

test.each(['postgres://localhost/parley', 'not a url', 'mysql://user@localhost:3306'])(
  '%s is refused in a sentence',
  async (wrong) => {
    await expect(migrate(wrong)).rejects.toThrow(/^The database URL .*\.$/u)
  },
)
