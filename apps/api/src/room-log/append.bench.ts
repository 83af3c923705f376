import type { LogCommandOf } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase } from '@parley/testkit'
import { v7 as uuidv7 } from 'uuid'
import { bench, describe } from 'vitest'
import { toBytes } from '../db/binary-id.ts'
import { createWriterPool, type Pool } from '../db/connect.ts'
import { retryAdviceOf } from '../db/database-errors.ts'
import { createLogStore } from '../db/log/log-store.ts'
import { createRoomLog, type LogStore } from './room-log.ts'

/**
 * What a durable message costs, in batches of whatever is in flight and alone, and what a second row
 * for each message would cost. Run: `npx vitest bench --run --project services append`
 */
const IN_FLIGHT = 400
const ROOMS = 200

// Never dropped: it goes with the run's own database server.
const database = await freshDatabase()
const pool = createWriterPool(database.url, 16)
await pool.query('CREATE TABLE second_row (id BINARY(16) PRIMARY KEY, data TEXT) ENGINE = InnoDB')
const store = createLogStore(pool, new FailPoints(false))

const createLog = (over: LogStore, transactions = 4) =>
  createRoomLog({ store: over, transactions, retryAdviceOf, announce: () => undefined })
const actor = { id: 'alice', kind: 'user' as const }

const rooms = await Promise.all(
  Array.from({ length: ROOMS }, async (_, n) => {
    const { roomId } = await createLog(store).run({
      kind: 'room:create',
      roomId: uuidv7(),
      actor,
      roomKind: 'room',
      name: `room ${n}`,
      visibility: 'public',
      topic: null,
      history: 'all',
      memberIds: [],
    })
    return roomId
  }),
)

const message = (n: number, roomCount: number): LogCommandOf<'message:send'> => ({
  kind: 'message:send',
  actor,
  roomId: rooms[n % roomCount] ?? '',
  clientMsgId: uuidv7(),
  text: `message number ${n} of a conversation that goes on and on`,
})

const sendAll = async (log: ReturnType<typeof createLog>, roomCount: number): Promise<void> => {
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, n) => log.run(message(n, roomCount))))
}

/** The same store, asked for one command at a time. */
const alone: LogStore = {
  runBatch: async (commands) => {
    const outcomes = []
    for (const command of commands) {
      const { outcomes: one } = await store.runBatch([command])
      outcomes.push(...one)
    }
    return { outcomes, news: [], changedUsers: [] }
  },
}

/** A second row for each message, in the same transaction as its event would be. */
const withSecondRow = (over: Pool): LogStore => ({
  runBatch: async (commands) => {
    const rows = commands.flatMap(({ roomId }) => [toBytes(uuidv7()), roomId.repeat(4)])
    await over.query(
      `INSERT INTO second_row (id, data) VALUES ${commands.map(() => '(?,?)').join()}`,
      rows,
    )
    return store.runBatch(commands)
  },
})

for (const roomCount of [1, ROOMS]) {
  describe(`${IN_FLIGHT} durable sends in flight, ${roomCount} room(s)`, () => {
    const batched = createLog(store)
    const single = createLog(alone, 16)
    const twoRows = createLog(withSecondRow(pool))
    bench('batched, one row a message', () => sendAll(batched, roomCount))
    bench('batched, two rows a message', () => sendAll(twoRows, roomCount))
    bench('one transaction a message', () => sendAll(single, roomCount))
  })
}
