import { randomUUID } from 'node:crypto'
import type { LogCommand } from '@parley/message-schema'
import { FailPoints, type Mutant } from '@parley/server-kit'
import { eventually, freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LogStore } from '../../room-log/room-log.ts'
import { toBytes } from '../binary-id.ts'
import { createWriterPool, type Pool } from '../connect.ts'
import { createLogStore } from './log-store.ts'

let database: FreshDatabase
let pool: Pool
const roomId = randomUUID()
const actor = { id: 'ada', kind: 'user' as const }
beforeAll(async () => {
  database = await freshDatabase()
  pool = createWriterPool(database.url, 6)
  await storeWith().runBatch([
    {
      kind: 'room:create',
      roomId,
      actor,
      roomKind: 'room',
      name: 'a room',
      visibility: 'public',
      topic: null,
      history: 'all',
      memberIds: [],
    },
  ])
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

const storeWith = (...mutants: Mutant[]): LogStore =>
  createLogStore(pool, new FailPoints(true, new Set(mutants)))
const message = (): LogCommand => ({
  kind: 'message:send',
  actor,
  roomId,
  clientMsgId: randomUUID(),
  text: 'hello',
})

async function acked(store: LogStore, command: LogCommand) {
  const { outcomes } = await store.runBatch([command])
  const [outcome] = outcomes
  if (outcome === undefined || !('data' in outcome)) throw new Error('It was refused.')
  return outcome.data as { seq: number; dup?: boolean }
}

async function isStored(seq: number): Promise<boolean> {
  const sql = 'SELECT seq FROM room_event WHERE room_id = ? AND seq = ?'
  const rows = await pool.query<unknown[]>(sql, [toBytes(roomId), seq])
  return rows.length > 0
}

test('without a mutant an ack is of what is stored, and a retry answers the same', async () => {
  const store = storeWith()
  const command = message()
  const { seq } = await acked(store, command)
  expect(await isStored(seq)).toBe(true)
  expect(await acked(store, command)).toMatchObject({ seq, dup: true })
})

test('ack-before-commit answers what is not stored yet', async () => {
  const { seq } = await acked(storeWith('ack-before-commit'), message())
  expect(await isStored(seq)).toBe(false)
  await eventually(async () => expect(await isStored(seq)).toBe(true))
})

test('dedup-off stores a retry once more', async () => {
  const store = storeWith('dedup-off')
  const command = message()
  const first = await acked(store, command)
  const second = await acked(store, command)
  expect(second).toMatchObject({ seq: first.seq + 1 })
  expect(second.dup).toBeUndefined()
})
