import { once } from 'node:events'
import { ParleyError } from '@parley/message-schema'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Pool } from '../db/connect.ts'
import { createDueMessageStore } from '../db/notifications/scheduled-store.ts'
import type { RoomLog } from '../room-log/room-log.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { type ScheduledRig, startScheduledRig } from '../testing/scheduled-rig.ts'
import type { Actor, TestApi } from '../testing/test-api.ts'
import { createSendScheduled } from './send-scheduled.ts'

let rig: ScheduledRig
let api: TestApi
let pool: Pool
let roomLog: RoomLog
let alice: Actor
let roomId: string
let path: string
let aheadMs = 0
const now = (): Date => new Date(Date.now() + aheadMs)

beforeAll(async () => {
  rig = await startScheduledRig()
  ;({ api, pool, roomLog } = rig)
})
afterAll(() => rig[Symbol.asyncDispose]())
beforeEach(async () => {
  aheadMs = 0
  alice = await api.guest('Alice')
  roomId = (await alice.createRoom()).id
  await pool.query('DELETE FROM scheduled_message')
  const draft = { sendAt: new Date(Date.now() + 60_000).toISOString(), text: 'Later' }
  const { body } = await alice.call('POST', `/v1/rooms/${roomId}/scheduled`, draft)
  path = `/v1/me/scheduled/${body.scheduled.id}`
  aheadMs = 60_001
})

const sender = (run: RunCommand = roomLog.run) =>
  createSendScheduled({
    store: createDueMessageStore(pool),
    run,
    rate: { perSecond: 1_000, burst: 1_000 },
    now,
  })
const listOf = async (actor: Actor) => (await actor.get('/v1/me/scheduled')).body.data
const textsOf = async () => (await alice.messages(roomId)).map(({ text }) => text)

test('what may be in the log can be neither changed nor taken back, whatever a later try says', async () => {
  await sender(async (command) => {
    await roomLog.run(command)
    throw new ParleyError('UNKNOWN_OUTCOME')
  })()
  aheadMs += 60_000
  await sender(async () => {
    throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000 })
  })()
  expect(await listOf(alice)).toMatchObject([{ status: 'sending' }])
  expect((await alice.call('PATCH', path, { message: { text: 'No' } })).body.code).toBe('CONFLICT')
  expect((await alice.call('DELETE', path)).body.code).toBe('CONFLICT')
  aheadMs += 10 * 60_000
  await sender()()
  expect(await textsOf()).toEqual(['Later'])
  expect(await listOf(alice)).toMatchObject([{ status: 'sent' }])
})

test.each(['SERVER_BUSY', 'NOT_MEMBER'] as const)(
  'a worker that was halted and then hears of %s settles nothing that another one has taken',
  async (code) => {
    const halted = new AbortController()
    const first = sender(async () => {
      await once(halted.signal, 'abort')
      throw new ParleyError(code)
    })()
    await expect.poll(() => listOf(alice)).toMatchObject([{ status: 'sending' }])
    aheadMs += 60_001
    const other = new AbortController()
    const second = sender(async (command) => {
      await once(other.signal, 'abort')
      return roomLog.run(command)
    })()
    const attempts = async () =>
      (await pool.query<{ attempts: number }[]>('SELECT attempts FROM scheduled_message'))[0]
    await expect.poll(attempts).toEqual({ attempts: 2 })
    halted.abort()
    await first
    expect(await listOf(alice)).toMatchObject([{ status: 'sending' }])
    other.abort()
    await second
    expect(await listOf(alice)).toMatchObject([{ status: 'sent' }])
  },
)
