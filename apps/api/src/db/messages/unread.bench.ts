import { randomUUID } from 'node:crypto'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase } from '@parley/testkit'
import { bench, describe } from 'vitest'
import { fillLog } from '../../testing/fill-log.ts'
import { createWriterPool } from '../connect.ts'
import { createLogStore } from '../log/log-store.ts'
import { createReadStateStore } from './read-state-store.ts'

/**
 * What `GET /v1/me/unread` costs somebody in 1,000 rooms, whatever is unread in them.
 * Run: `npx vitest bench --run --project services unread`
 */
const ROOMS = 1_000
// Never dropped: it goes with the run's own database server.
const database = await freshDatabase()
const pool = createWriterPool(database.url, 8)
const store = createLogStore(pool, new FailPoints(false))
const reads = createReadStateStore(pool)

async function fill(reader: string, unread: number): Promise<void> {
  for (let n = 0; n < ROOMS; n += 1) {
    const roomId = randomUUID()
    await store.runBatch([
      {
        kind: 'room:create',
        roomId,
        actor: { id: 'writer', kind: 'user' },
        roomKind: 'room',
        name: `room ${n}`,
        visibility: 'public',
        topic: null,
        history: 'all',
        memberIds: [reader],
      },
    ])
    await fillLog(pool, roomId, 'writer', [['message', unread]])
  }
}

await fill('few', 10)
await fill('many', 500)

describe(`unread of ${ROOMS} rooms`, () => {
  bench('10 in each', async () => void (await reads.unreadOf('few')))
  bench('500 in each', async () => void (await reads.unreadOf('many')))
})
