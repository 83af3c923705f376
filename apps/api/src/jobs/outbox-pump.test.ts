import { createLogger } from '@parley/server-kit'
import { eventually } from '@parley/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { startOutboxPump, type OutboxRow } from './outbox-pump.ts'

const ROOM = '0190a5b0-0000-7000-8000-000000000001'

/** Its connection is lost between the hand-over of some rows and their deletion. */
function startPump(count: number, isLost: (rows: readonly OutboxRow[]) => boolean) {
  let rows = Array.from({ length: count }, (_, id): OutboxRow => ({
    id,
    ranges: [{ roomId: ROOM, fromSeq: id + 1, toSeq: id + 1 }],
    ageMs: 0,
  }))
  const pump = startOutboxPump({
    store: {
      take: async (limit, except, handOver) => {
        const taken = rows.filter(({ id }) => !except.includes(id)).slice(0, limit)
        if (taken.length === 0) return 0
        await handOver(taken)
        if (isLost(taken)) throw new Error('the connection was lost')
        rows = rows.filter((row) => !taken.includes(row))
        return taken.length
      },
    },
    consumers: [{ name: 'test', consume: async () => undefined }],
    logger: createLogger('test', 'silent'),
  })
  onTestFinished(() => pump.stop())
  return { left: () => rows.map(({ id }) => id) }
}

test('rows that are too many for the time of a connection are taken by halves', async () => {
  const { left } = startPump(200, (rows) => rows.length > 100)
  await eventually(() => expect(left()).toEqual([]), { timeoutMs: 10_000 })
})

test('a row whose deletion always fails holds up no other', async () => {
  const { left } = startPump(4, (rows) => rows.some(({ id }) => id === 0))
  await eventually(() => expect(left()).toEqual([0]), { timeoutMs: 20_000 })
})
