import { randomUUID } from 'node:crypto'
import { freshDatabase } from '@parley/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { createWriterPool } from '../db/connect.ts'
import { createReportStore } from '../db/rooms/report-store.ts'
import { createSettleReport, type Settler } from './settle-report.ts'

test('who has the longest id of all settles reports too', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database[Symbol.asyncDispose]())
  const pool = createWriterPool(database.url, 2)
  onTestFinished(() => pool.end())
  const store = createReportStore(pool)
  const settle = createSettleReport({
    store,
    run: async () => ({}) as never,
    requireReviewer: async () => ({ visibleFrom: 1 }) as never,
    view: async (report) => report as never,
  })
  const id = 'f'.repeat(64)
  const actor = { id, kind: 'system' } as const
  const settlers: Settler[] = [
    { actor, id, kind: 'operator' },
    { actor, id, kind: 'key' },
    { actor, id, kind: 'user' },
  ]
  for (const settler of settlers) {
    for (const action of ['delete', 'dismiss'] as const) {
      const report = {
        id: randomUUID(),
        roomId: randomUUID(),
        seq: 1,
        authorId: 'bob',
        reporterId: 'ada',
        reason: 'spam',
        note: null,
        createdAt: new Date(),
      } as const
      await store.file(report)
      await settle(settler, report.id, { action })
      expect(await store.find(report.id)).toMatchObject({ outcome: action, settledBy: id })
    }
  }
})
