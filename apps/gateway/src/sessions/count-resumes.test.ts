import type { SyncResult } from '@parley/message-schema'
import { Counter, createRegistry } from '@parley/server-kit'
import { expect, test } from 'vitest'
import { countResumes } from './count-resumes.ts'
import type { Session } from './session.ts'

const EVENT = { seq: 4 } as never
const RESULT = {
  epoch: 1,
  rooms: {
    a: { from: 3, to: 5, head: 5, events: [EVENT, EVENT] },
    b: { from: 7, to: 7, head: 7, events: [] },
    c: { reset: true, head: 9, reason: 'too-far' },
  },
} as unknown as SyncResult

test('rooms of resumes are counted when they are answered; a first sync is none', async () => {
  const registry = createRegistry('test')
  const registers = [registry]
  const resumedRooms = new Counter({ name: 'r', help: 'r', labelNames: ['outcome'], registers })
  const recoveredEvents = new Counter({ name: 'e', help: 'e', registers })
  const sync = countResumes(async () => ({ answer: () => RESULT, goLive: () => undefined }), {
    resumedRooms,
    recoveredEvents,
  })
  const session = {} as Session
  await sync(session, { rooms: { a: 3, b: 7, c: 1 } } as never)
  expect((await recoveredEvents.get()).values[0]?.value).toBe(0)
  const prepared = await sync(session, { rooms: { a: 3, b: 7, c: 1 } } as never)
  expect(prepared.answer()).toBe(RESULT)
  expect((await recoveredEvents.get()).values[0]?.value).toBe(2)
  const byOutcome = (await resumedRooms.get()).values.map(({ labels, value }) => [
    labels.outcome,
    value,
  ])
  expect(Object.fromEntries(byOutcome)).toEqual({ ok: 2, 'too-far': 1 })
  const first = await sync(session, {} as never)
  first.answer()
  expect((await recoveredEvents.get()).values[0]?.value).toBe(2)
})
