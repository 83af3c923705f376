import { randomBytes } from 'node:crypto'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogPool, type Pool } from '../connect.ts'
import { isDue, type DueColumn } from './is-due.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const LATER = new Date('2026-03-01T12:00:01Z')

let database: FreshDatabase
let pool: Pool
beforeAll(async () => {
  database = await freshDatabase()
  pool = createLogPool(database.url, 2)
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

/** Whatever else a row must have. */
const ROWS: Readonly<Record<DueColumn, Readonly<Record<string, unknown>>>> = {
  'notification_state.due_at': { user_id: 'ada', room_id: randomBytes(16) },
  'notification_state.check_at': { user_id: 'bob', room_id: randomBytes(16) },
  'push_send.due_at': {
    device_id: randomBytes(16),
    room_id: randomBytes(16),
    kind: 'message',
    seq: 1,
    reason: 'mention',
    count: 1,
  },
  'scheduled_message.due_at': {
    id: randomBytes(16),
    user_id: 'ada',
    room_id: randomBytes(16),
    client_msg_id: randomBytes(16),
    send_at: NOW,
    draft: '{}',
    status: 'pending',
    created_at: NOW,
  },
  'user_email.confirm_due_at': { user_id: 'ada', address: 'ada@example.com', asked_at: NOW },
}
const columns = Object.keys(ROWS) as DueColumn[]

test.each(columns)(
  '%s: nothing, then something that has time, then something to do',
  async (of) => {
    const [table, column] = of.split('.')
    expect(await isDue(pool, NOW, of)).toBe(false)
    const row = { ...ROWS[of], [column as string]: LATER }
    const names = Object.keys(row)
    await pool.query(
      `INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`,
      Object.values(row),
    )
    expect(await isDue(pool, NOW, of)).toBe(false)
    expect(await isDue(pool, LATER, of)).toBe(true)
    const others = columns.filter((name) => name !== of)
    expect(await isDue(pool, LATER, ...others, of)).toBe(true)
    const [plan] = await pool.query<{ key: string | null }[]>(
      `EXPLAIN SELECT 1 FROM ${table} WHERE ${column} <= ? LIMIT 1`,
      [NOW],
    )
    expect(plan?.key).not.toBeNull()
    await pool.query(`DELETE FROM ${table}`)
    expect(await isDue(pool, LATER, of)).toBe(false)
  },
)
