import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createEventStore } from '../db/log/event-store.ts'
import { createExportStore } from '../db/messages/export-store.ts'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createMessageStore } from '../db/messages/message-store.ts'
import { createReadVersions } from '../db/log/version-store.ts'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { fillLog } from '../testing/fill-log.ts'

/** Messages, then as many events that are none, then messages again. */
const MESSAGES = 20_000
const GAP = 100_000

let api: TestApi
let pool: Pool
let single: Pool
let ada: Actor
let roomId = ''

beforeAll(async () => {
  api = await startTestApi()
  pool = createLogPool(api.databaseUrl, 4)
  // One connection, so that what it has read can be told.
  single = createLogPool(api.databaseUrl, 1)
  ada = await api.guest('Ada')
  roomId = (await ada.createRoom()).id
  await fillLog(pool, roomId, ada.id, [
    ['message', MESSAGES],
    ['member', GAP],
    ['message', MESSAGES],
  ])
}, 120_000)
afterAll(async () => {
  await pool.end()
  await single.end()
  await api[Symbol.asyncDispose]()
})

/** Rows that the engine was asked for while `run` ran, on the one connection of `single`. */
async function rowsRead(run: () => Promise<unknown>): Promise<number> {
  const total = async (): Promise<number> => {
    const rows = await single.query<{ Value: string }[]>(
      `SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_first', 'Handler_read_key',
       'Handler_read_last', 'Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next')`,
    )
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
  }
  const before = await total()
  await run()
  const after = await total()
  // Looking reads a few rows itself.
  const again = await total()
  return after - before - (again - after)
}

const first = 3
const gapStart = first + MESSAGES
const gapEnd = gapStart + GAP
const last = gapEnd + MESSAGES - 1
const LIMIT = 50
/** What a page may cost: its rows with what is joined to them, and some to find the place. */
const BOUND = LIMIT * 8

describe('a page costs what is on it', () => {
  test.each([
    ['at the head', last + 1],
    ['in the middle of the messages', gapEnd + 5_000],
    ['over the gap', gapEnd + 10],
    ['in the gap', gapStart + 50_000],
    ['at the beginning', 60],
  ])('before a place %s', async (_, place) => {
    const messages = createMessageStore(single)
    let seqs: number[] = []
    const read = await rowsRead(async () => {
      seqs = await messages.seqsBelow(roomId, 1, place, LIMIT)
      await messages.read(roomId, seqs)
    })
    expect(seqs).toHaveLength(LIMIT)
    expect(read).toBeLessThan(BOUND)
  })

  test.each([
    ['the beginning', 0],
    ['a place before the gap', gapStart - 10],
    ['a place in the gap', gapStart + 50_000],
    ['a place after it', gapEnd + 5_000],
  ])('after %s', async (_, place) => {
    const messages = createMessageStore(single)
    let seqs: number[] = []
    const read = await rowsRead(async () => {
      seqs = await messages.seqsFrom(roomId, place + 1, last, LIMIT)
      await messages.read(roomId, seqs)
    })
    expect(seqs).toHaveLength(LIMIT)
    expect(read).toBeLessThan(BOUND)
  })

  test('of the log, of an export, of versions', async () => {
    for (const place of [1, gapStart + 50_000, last - LIMIT]) {
      const events = await rowsRead(() => createEventStore(single).read(roomId, place, last, LIMIT))
      expect(events).toBeLessThan(BOUND)
      const exported = await rowsRead(() =>
        createExportStore(single).page(roomId, place, last, LIMIT),
      )
      expect(exported).toBeLessThan(BOUND)
      expect(await rowsRead(() => createReadVersions(single)(roomId, [place]))).toBeLessThan(10)
    }
  })

  test('as the plan of the database says too', async () => {
    const explained = await single.query<{ key: string; Extra: string }[]>(
      `EXPLAIN SELECT seq FROM room_event FORCE INDEX (room_event_type)
       WHERE room_id = ? AND type = 1 AND seq >= 1 AND seq < ? ORDER BY seq DESC LIMIT 51`,
      [toBytes(roomId), gapEnd + 10],
    )
    expect(explained[0]?.key).toBe('room_event_type')
    expect(explained[0]?.Extra).toContain('Using index')
    expect(explained[0]?.Extra).not.toContain('filesort')
  })
})

test.each([
  ['the first message', first, first],
  ['the place before everything', 0, first],
  ['the last message', last, last],
  ['a place beyond the head', 10 ** 9, last],
  ['the last one before the gap', gapStart - 1, gapStart - 1],
  ['the middle of the gap', gapStart + 50_000, gapEnd],
  ['the first one after the gap', gapEnd, gapEnd],
])('around %s come the messages nearest to it', async (_, place, near) => {
  const { body } = await ada.get(`/v1/rooms/${roomId}/messages?limit=10&around=${place}`)
  const seqs = (body.data as { seq: number }[]).map(({ seq }) => seq)
  expect(seqs).toHaveLength(10)
  expect(seqs).toContain(near)
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  expect(body.page).toMatchObject({
    before: seqs[0],
    after: seqs.at(-1),
    hasMoreBefore: seqs[0] !== first,
    hasMoreAfter: seqs.at(-1) !== last,
  })
})
