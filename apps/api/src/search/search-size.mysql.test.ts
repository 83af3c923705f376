import { randomUUID } from 'node:crypto'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createMysqlSearchIndex } from '../db/search/mysql-search-index.ts'
import { rowsRead } from '../testing/rows-read.ts'
import type { SearchIndex } from './search-index.ts'

const MESSAGES = 2_000
const LIMIT = 21

let database: FreshDatabase
let single: Pool
let index: SearchIndex
const roomId = randomUUID()

beforeAll(async () => {
  database = await freshDatabase()
  // One connection, so that what it has read can be told.
  single = createLogPool(database.url, 1)
  index = createMysqlSearchIndex(single)
  await index.index(
    Array.from({ length: MESSAGES }, (_, n) => ({
      roomId,
      seq: n + 1,
      revision: n + 1,
      at: 1_700_000_000 + n,
      senderId: 'ada',
      hasFile: false,
      hasLink: false,
      fields: [`every hello${n % 2}`],
    })),
  )
}, 60_000)
afterAll(async () => {
  await single.end()
  await database[Symbol.asyncDispose]()
})

test.each([
  ['a word', '"every"', 2_000],
  ['a word as it is typed', 'every', 2_000],
  ['the beginning of a word', 'eve', 2_000],
  ['a word that is nowhere', 'everything', 0],
])('%s of one room reads a page, however often it was said', async (_, q, said) => {
  const rooms = [{ roomId, visibleFrom: 1 }]
  let hits: readonly { readonly seq: number }[] = []
  const read = await rowsRead(single, async () => {
    ;({ hits } = await index.search({ q, rooms, limit: LIMIT }))
  })
  const newest = Array.from({ length: LIMIT }, (__, n) => said - n).filter((seq) => seq > 0)
  expect(hits.slice(0, LIMIT).map(({ seq }) => seq)).toEqual(newest)
  expect(read).toBeLessThan(LIMIT * 5)
})
