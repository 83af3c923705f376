import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '@parley/server-kit'
import { eventually, freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createOutboxStore } from '../db/log/outbox-store.ts'
import type { LogConsumer, RoomRange } from './job.ts'
import { startOutboxPump, type OutboxPump } from './outbox-pump.ts'

const ROOM = '0190a5b0-0000-7000-8000-000000000001'
let database: FreshDatabase
let pool: Pool
const pumps: OutboxPump[] = []
beforeAll(async () => {
  database = await freshDatabase()
  pool = createLogPool(database.url, 6)
})
afterEach(async () => {
  await Promise.all(pumps.splice(0).map((pump) => pump.stop()))
  await pool.query('DELETE FROM log_outbox')
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

function start(consumer: LogConsumer): void {
  const logger = createLogger('test', 'silent')
  pumps.push(startOutboxPump({ store: createOutboxStore(pool), consumers: [consumer], logger }))
}

const put = (fromSeq: number, toSeq: number): Promise<unknown> =>
  pool.query('INSERT INTO log_outbox (ranges) VALUES (?)', [
    JSON.stringify([[ROOM, fromSeq, toSeq]]),
  ])
const left = async (): Promise<number> => {
  const rows = await pool.query<{ id: number }[]>('SELECT id FROM log_outbox')
  return rows.length
}
const seqsOf = (ranges: readonly RoomRange[]): number[] =>
  ranges.flatMap(({ fromSeq, toSeq }) =>
    Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => fromSeq + index),
  )

test('two pumps side by side hand over each range once, and nothing is left', async () => {
  const seen: number[] = []
  for (const _ of [1, 2]) {
    start({
      name: 'test',
      consume: async (ranges) => {
        seen.push(...seqsOf(ranges))
        await sleep(1)
      },
    })
  }
  for (let n = 0; n < 300; n += 1) await put(n * 2 + 1, n * 2 + 2)
  await eventually(async () => expect(await left()).toBe(0))
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, n) => n + 1))
})

test('what a consumer refuses comes again until it is taken', async () => {
  const seen: number[] = []
  let refusals = 2
  start({
    name: 'test',
    consume: async (ranges) => {
      if (refusals-- > 0) throw new Error('not now')
      seen.push(...seqsOf(ranges))
    },
  })
  await put(1, 3)
  await eventually(() => expect(seen).toEqual([1, 2, 3]), { timeoutMs: 20_000 })
  // A row goes after its consumers took it.
  await eventually(async () => expect(await left()).toBe(0))
}, 40_000)

test('a range that is always refused stays, and does not hold up the others', async () => {
  const seen = new Set<number>()
  for (let n = 1; n <= 9; n += 1) await put(n * 10, n * 10)
  start({
    name: 'test',
    consume: async (ranges) => {
      if (seqsOf(ranges).includes(50)) throw new Error('poison')
      for (const seq of seqsOf(ranges)) seen.add(seq)
    },
  })
  await eventually(() => expect(seen.size).toBe(8), { timeoutMs: 20_000 })
  await eventually(async () => expect(await left()).toBe(1))
})

test('rows of transactions that commit late are found, though newer ones went before', async () => {
  const seen: number[] = []
  const late = await pool.getConnection()
  await late.query('START TRANSACTION')
  await late.query('INSERT INTO log_outbox (ranges) VALUES (?)', [JSON.stringify([[ROOM, 1, 1]])])
  start({
    name: 'test',
    consume: async (ranges) => void seen.push(...seqsOf(ranges)),
  })
  await put(2, 2)
  await eventually(() => expect(seen).toEqual([2]))
  await late.query('COMMIT')
  await late.release()
  await eventually(() => expect(seen).toEqual([2, 1]))
})

test('a consumer may take longer than the driver lets a connection be silent', async () => {
  let calls = 0
  start({
    name: 'slow',
    consume: async () => {
      calls += 1
      await sleep(11_000)
    },
  })
  await put(1, 1)
  await eventually(() => expect(calls).toBe(1))
  await eventually(async () => expect(await left()).toBe(0), { timeoutMs: 20_000 })
  expect(calls).toBe(1)
}, 40_000)
