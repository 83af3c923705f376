import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogPool, type Pool } from './connect.ts'
import { forgetExpired } from './forget-expired.ts'

let database: FreshDatabase
let pool: Pool
beforeAll(async () => {
  database = await freshDatabase()
  pool = createLogPool(database.url, 2)
  await pool.query(
    "INSERT INTO `user` (id, kind, username, display_name) VALUES ('ada', 'user', 'ada', 'Ada')",
  )
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

const AGO = 'UTC_TIMESTAMP(3) - INTERVAL ? HOUR'
const ID = 'RANDOM_BYTES(16)'
const HASH = 'RANDOM_BYTES(32)'

interface Kept {
  readonly table: string
  readonly days: number
  /** Columns and values of a row; `?` is how many hours ago. */
  readonly columns: string
  readonly row: string
  /** What is not over yet has no such time. */
  readonly mayLast?: true
}

const KEPT: readonly Kept[] = [
  {
    table: 'session',
    days: 7,
    columns: 'id, user_id, token_hash, expires_at',
    row: `${ID}, 'ada', ${HASH}, ${AGO}`,
  },
  {
    table: 'idempotency_key',
    days: 7,
    columns: 'user_id, idempotency_key, fingerprint, resource_id, created_at',
    row: `'ada', UUID(), ${HASH}, ${ID}, ${AGO}`,
  },
  {
    table: 'request_claim',
    days: 7,
    columns: 'principal, idempotency_key, fingerprint, holder, lease_until, created_at',
    row: `'ada', UUID(), ${HASH}, ${ID}, UTC_TIMESTAMP(3), ${AGO}`,
  },
  { table: 'command_retry', days: 1, columns: 'id, number, created_at', row: `${ID}, 2, ${AGO}` },
  {
    table: 'room_invite',
    days: 7,
    columns: 'id, room_id, role, created_by, created_at, expires_at',
    row: `${ID}, ${ID}, 'member', 'ada', UTC_TIMESTAMP(3), ${AGO}`,
    mayLast: true,
  },
  {
    table: 'api_key',
    days: 90,
    columns: 'id, name, secret_hash, scopes, created_at, created_by, revoked_at',
    row: `${ID}, 'key', ${HASH}, '[]', UTC_TIMESTAMP(3), 'ada', ${AGO}`,
    mayLast: true,
  },
  {
    table: 'report',
    days: 365,
    columns: 'id, room_id, seq, author_id, reporter_id, reason, created_at, settled_at',
    row: `${ID}, ${ID}, 1, 'ada', 'bob', 'spam', UTC_TIMESTAMP(3), ${AGO}`,
    mayLast: true,
  },
  {
    table: 'stat_sample',
    days: 400,
    columns: 'at, rooms, users, messages',
    row: `${AGO}, 1, 1, 1`,
  },
]

async function insert({ table, columns, row }: Kept, hoursAgo: number | null): Promise<void> {
  await pool.query(`INSERT INTO ${table} (${columns}) VALUES (${row})`, [hoursAgo])
}
async function count(table: string): Promise<number> {
  const [row] = await pool.query<{ left_: number }[]>(`SELECT COUNT(*) AS left_ FROM ${table}`)
  return row?.left_ ?? 0
}

test.each(KEPT)('$table is kept for $days days', async (kept) => {
  const { table, days, mayLast } = kept
  await insert(kept, 24 * days + 2)
  await insert(kept, 24 * days - 2)
  if (mayLast === true) await insert(kept, null)
  await forgetExpired(pool)
  expect(await count(table)).toBe(mayLast === true ? 2 : 1)
})

test('many are deleted in steps, until none is left', async () => {
  const before = await count('command_retry')
  const rows = Array.from({ length: 2_500 }, () => `(${ID}, 1, '2020-01-01')`)
  await pool.query(`INSERT INTO command_retry (id, number, created_at) VALUES ${rows.join()}`)
  await forgetExpired(pool)
  expect(await count('command_retry')).toBe(before)
})
