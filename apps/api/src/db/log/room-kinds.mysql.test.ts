import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWriterPool, type Pool, type PoolConnection } from '../connect.ts'
import { loadBatch } from './load-batch.ts'
import { createLogStore } from './log-store.ts'
import { RoomKinds } from './room-kinds.ts'

let database: FreshDatabase
let pool: Pool
beforeAll(async () => {
  database = await freshDatabase()
  pool = createWriterPool(database.url, 2)
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

const user = (id: string) => ({ id, kind: 'user' as const })
const send = (roomId: string): LogCommand => ({
  kind: 'message:send',
  actor: user('ada'),
  roomId,
  clientMsgId: randomUUID(),
  text: 'hello',
})
const openStore = () => {
  const store = createLogStore(pool, new FailPoints(false))
  return async (command: LogCommand): Promise<string> => {
    const [outcome] = (await store.runBatch([command])).outcomes
    return outcome !== undefined && 'refusal' in outcome ? outcome.refusal.code : 'ok'
  }
}

async function createRoom(
  roomKind: 'room' | 'dm',
  more: Partial<LogCommandOf<'room:create'>> = {},
): Promise<string> {
  const roomId = randomUUID()
  const outcome = await openStore()({
    kind: 'room:create',
    roomId,
    actor: user('ada'),
    roomKind,
    name: roomKind === 'room' ? 'a room' : null,
    visibility: 'private',
    topic: null,
    history: 'all',
    memberIds: ['bob'],
    ...more,
  })
  expect(outcome).toBe('ok')
  return roomId
}

/** Whether a batch that speaks there asks who blocks whom. */
async function asksForBlocks(roomId: string, kinds: RoomKinds): Promise<boolean> {
  const asked: string[] = []
  const connection = await pool.getConnection()
  const listened = {
    query: (sql: string, values?: unknown) => {
      asked.push(sql)
      return connection.query(sql, values)
    },
  } as PoolConnection
  await loadBatch(listened, [send(roomId)], new Date(), kinds)
  await connection.query('ROLLBACK')
  await connection.release()
  expect(asked.length).toBeGreaterThan(1)
  return asked.some((sql) => sql.includes('user_block'))
}

test('who blocks whom is asked in conversations of two, and once in any other room', async () => {
  const kinds = new RoomKinds()
  const room = await createRoom('room')
  const dm = await createRoom('dm', { memberSetHash: '1'.repeat(64) })
  expect(await asksForBlocks(room, kinds)).toBe(true)
  expect(await asksForBlocks(dm, kinds)).toBe(true)
  expect(await asksForBlocks(room, kinds)).toBe(false)
  expect(await asksForBlocks(dm, kinds)).toBe(true)
})

test('a block counts at once, where the conversation is known and where it is new', async () => {
  const dm = await createRoom('dm', { memberSetHash: '2'.repeat(64) })
  const [known, fresh] = [openStore(), openStore()]
  expect(await known(send(dm))).toBe('ok')
  await pool.query("INSERT INTO user_block (user_id, blocked_id) VALUES ('bob', 'ada')")
  expect([await known(send(dm)), await fresh(send(dm))]).toEqual(['BLOCKED', 'BLOCKED'])
})
