import { freshDatabase } from '@parley/testkit'
import { v7 as uuidv7 } from 'uuid'
import { bench, describe } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createLogPool } from '../db/connect.ts'
import { createEventStore } from '../db/log/event-store.ts'
import { createMessageStore } from '../db/messages/message-store.ts'
import { fillLog } from '../testing/fill-log.ts'

/**
 * A page of a small room, of a large one, and over a hundred thousand events that are no messages:
 * they are to cost the same. Run: `npx vitest bench --run --project services history`
 */
const LARGE = Number(process.env['HISTORY_BENCH_MESSAGES'] ?? 500_000)
const SMALL = 10_000
const GAP = 100_000
const PAGE = 50

// Never dropped: it goes with the run's own database server.
const database = await freshDatabase()
const pool = createLogPool(database.url, 4)
const messages = createMessageStore(pool)
const events = createEventStore(pool)

async function filled(runs: readonly (readonly ['message' | 'member', number])[]): Promise<string> {
  const roomId = uuidv7()
  await pool.query(
    `INSERT INTO room_head (room_id, head, last_msg_no, member_version, member_count)
     VALUES (?, 0, 0, 0, 0)`,
    [toBytes(roomId)],
  )
  await fillLog(pool, roomId, 'ada', runs)
  return roomId
}
const small = await filled([['message', SMALL]])
const large = await filled([['message', LARGE]])
const gap = await filled([
  ['message', SMALL],
  ['member', GAP],
  ['message', PAGE / 2],
])

const before = async (roomId: string, place: number): Promise<void> => {
  await messages.read(roomId, await messages.seqsBelow(roomId, 1, place, PAGE))
}
const places = [
  [`of ${SMALL} messages`, small, SMALL],
  [`of ${LARGE} messages`, large, LARGE],
  [`over ${GAP} other events`, gap, SMALL + GAP + PAGE / 2],
] as const

describe('a page before the head', () => {
  for (const [name, roomId, head] of places) bench(name, () => before(roomId, head + 1))
})
describe('a page before the middle', () => {
  for (const [name, roomId, head] of places) bench(name, () => before(roomId, head / 2))
})
describe('around a message', () => {
  for (const [name, roomId, head] of places) {
    bench(name, async () => {
      const middle = Math.floor(head / 2)
      const [older, newer] = await Promise.all([
        messages.seqsBelow(roomId, 1, middle, PAGE),
        messages.seqsFrom(roomId, middle, head, PAGE),
      ])
      await messages.read(roomId, [...older, ...newer].slice(0, PAGE))
    })
  }
})
describe('200 events after a place', () => {
  for (const [name, roomId, head] of places) {
    bench(name, async () => {
      await events.read(roomId, Math.floor(head / 2), head, 200)
    })
  }
})
