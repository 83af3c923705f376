import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createEventStore } from '../db/log/event-store.ts'
import { createExportStore } from '../db/messages/export-store.ts'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createMessageStore } from '../db/messages/message-store.ts'
import { createReadStateStore } from '../db/messages/read-state-store.ts'
import { readUnread } from '../db/messages/read-unread.ts'
import { createPendingStore } from '../db/notifications/pending-notification-store.ts'
import { createVersionStore } from '../db/log/version-store.ts'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { fillLog } from '../testing/fill-log.ts'
import { rowsRead as rowsReadOn } from '../testing/rows-read.ts'

/** Messages, then as many events that are none, then messages again. */
const MESSAGES = 20_000
const GAP = 100_000

let api: TestApi
let pool: Pool
let single: Pool
let ada: Actor
let roomId = ''
let otherRoomId = ''

beforeAll(async () => {
  api = await startTestApi()
  pool = createLogPool(api.databaseUrl, 4)
  // One connection, so that what it has read can be told.
  single = createLogPool(api.databaseUrl, 1)
  ada = await api.guest('Ada')
  roomId = (await ada.createRoom()).id
  otherRoomId = (await ada.createRoom()).id
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

const rowsRead = (run: () => Promise<unknown>): Promise<number> => rowsReadOn(single, run)

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
      expect(
        await rowsRead(() => createVersionStore(single).read(roomId, place, -1, LIMIT)),
      ).toBeLessThan(10)
    }
  })

  test.each([
    ['by who has read all of it', last],
    ['by who has read all but the last few', last - 10],
    ['before what is no message', gapStart + 50_000],
  ])('what is unread, %s', async (_, upTo) => {
    await ada.call('PUT', `/v1/rooms/${roomId}/read`, { upTo, mode: 'set' })
    const mine = Math.min(last - upTo, MESSAGES)
    const room = { roomId, readSeq: upTo, unread: 0, mentions: 0 }
    // Ada wrote everything: what comes after her cursor is looked at, and nothing of what is before it.
    const bound = mine + 50
    const listed = await rowsRead(async () =>
      expect(await createReadStateStore(single).unreadOf(ada.id)).toContainEqual(
        expect.objectContaining(room),
      ),
    )
    expect(listed).toBeLessThan(bound)
    const { roomId: _id, ...counts } = room
    // Of one room alone the database knows the cursor before it plans.
    const pairs = [roomId, otherRoomId].map((id) => ({ roomId: id, userId: ada.id }))
    const read = await rowsRead(async () =>
      expect((await readUnread(single, pairs)).get(`${roomId}/${ada.id}`)).toEqual(counts),
    )
    expect(read).toBeLessThan(bound)
  })

  test('what was said a moment ago, to see whom to notify', async () => {
    const ranges = [
      { roomId, fromSeq: last - 9, toSeq: last },
      { roomId: otherRoomId, fromSeq: 1, toSeq: 2 },
    ]
    for (const some of [ranges, ranges.slice(0, 1)]) {
      const read = await rowsRead(async () =>
        expect(await createPendingStore(single).readNotable(some, new Date(0))).toHaveLength(10),
      )
      expect(read).toBeLessThan(50)
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
