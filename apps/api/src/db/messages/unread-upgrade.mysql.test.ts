import { randomBytes, randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectionConfig, migrate } from '@parley/database'
import { createConnection } from 'mariadb'
import { expect, inject, test } from 'vitest'
import { toBytes } from '../binary-id.ts'
import { createLogPool } from '../connect.ts'
import { readUnread } from './read-unread.ts'

const FIRST = '20261121000000_rooms_are_logs'
const MIGRATIONS = fileURLToPath(new URL('../../../../../prisma/migrations/', import.meta.url))

async function firstRelease(url: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-first-release-'))
  cpSync(join(MIGRATIONS, FIRST), join(folder, FIRST), { recursive: true })
  await migrate(url, { folder })
  rmSync(folder, { recursive: true })
}

test('a database of the first release goes on: cursors and counts are what they were', async () => {
  const fresh = new URL(inject('databaseUrl') as string)
  const name = `parley_upgrade_${randomBytes(6).toString('hex')}`
  const server = await createConnection(connectionConfig(fresh.href))
  await server.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  fresh.pathname = name
  await firstRelease(fresh.href)

  const pool = createLogPool(fresh.href, 2)
  const roomId = randomUUID()
  const id = toBytes(roomId)
  const insert = (into: string, row: readonly unknown[]) =>
    pool.query(`INSERT INTO ${into} VALUES (${row.map(() => '?').join()})`, [...row])
  const now = new Date()
  await insert('room (id, kind, name, visibility, history, created_by, created_at)', [
    id,
    'room',
    'old',
    'public',
    'all',
    'ada',
    now,
  ])
  await insert('room_head', [id, 6, 3, 2, 2])
  const event = 'room_event (room_id, seq, type, actor_kind, actor_id, msg_no, ts, data)'
  await insert(event, [id, 1, 6, 1, 'ada', null, now, '{"name":"old"}'])
  await insert(event, [id, 2, 4, 1, 'ada', null, now, '{"userId":"ada","role":"owner"}'])
  await insert(event, [id, 3, 4, 1, 'bob', null, now, '{"userId":"bob","role":"member"}'])
  for (const seq of [4, 5, 6]) {
    await insert(event, [id, seq, 1, 1, 'ada', seq - 3, now, '{"type":"text","text":"x"}'])
  }
  const member =
    'room_member (room_id, user_id, role, joined_seq, visible_from, read_seq, joined_at)'
  await insert(member, [id, 'ada', 'owner', 2, 1, 6, now])
  await insert(member, [id, 'bob', 'member', 3, 1, 4, now])

  const applied = await migrate(fresh.href)
  expect(applied).not.toContain(FIRST)
  expect(applied.length).toBeGreaterThan(5)
  const pairs = ['ada', 'bob'].map((userId) => ({ roomId, userId }))
  const counts = await readUnread(pool, pairs)
  expect(counts.get(`${roomId}/ada`)).toEqual({ readSeq: 6, unread: 0, mentions: 0 })
  expect(counts.get(`${roomId}/bob`)).toEqual({ readSeq: 4, unread: 2, mentions: 0 })

  await pool.end()
  await server.query(`DROP DATABASE ${name}`)
  await server.end()
})
