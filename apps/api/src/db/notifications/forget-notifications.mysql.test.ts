import { randomBytes } from 'node:crypto'
import { freshDatabase } from '@parley/testkit'
import { expect, test } from 'vitest'
import { createLogPool, type Pool } from '../connect.ts'
import { createForgetNotifications } from './forget-notifications.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 24 * 3_600_000)

const addLink = (pool: Pool, userId: string, expiresAt: Date): Promise<unknown> =>
  pool.query(
    `INSERT INTO email_link (token_hash, user_id, purpose, address, expires_at)
     VALUES (?, ?, 'confirm', 'a@example.com', ?)`,
    [randomBytes(32), userId, expiresAt],
  )
const addScheduled = (pool: Pool, userId: string, endedAt: Date | null): Promise<unknown> =>
  pool.query(
    `INSERT INTO scheduled_message
       (id, user_id, room_id, client_msg_id, send_at, draft, status, created_at, ended_at)
     VALUES (?, ?, ?, ?, ?, '{}', ?, ?, ?)`,
    [
      randomBytes(16),
      userId,
      randomBytes(16),
      randomBytes(16),
      daysAgo(60),
      endedAt === null ? 'pending' : 'sent',
      daysAgo(61),
      endedAt,
    ],
  )
const usersIn = async (pool: Pool, table: string): Promise<string[]> => {
  const rows = await pool.query<{ user_id: string }[]>(`SELECT user_id FROM ${table}`)
  return rows.map(({ user_id }) => user_id).toSorted()
}

test('links that are good no more and what has long ended go, and nothing else', async () => {
  await using database = await freshDatabase()
  const pool = createLogPool(database.url, 2)
  try {
    await addLink(pool, 'expired', daysAgo(1))
    await addLink(pool, 'good', daysAgo(-1))
    await addScheduled(pool, 'waiting', null)
    await addScheduled(pool, 'lately', daysAgo(29))
    await addScheduled(pool, 'long-ago', daysAgo(31))
    await createForgetNotifications(pool, () => NOW)(new AbortController().signal)
    expect(await usersIn(pool, 'email_link')).toEqual(['good'])
    expect(await usersIn(pool, 'scheduled_message')).toEqual(['lately', 'waiting'])
  } finally {
    await pool.end()
  }
})
