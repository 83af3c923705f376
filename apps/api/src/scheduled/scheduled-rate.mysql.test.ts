import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Pool } from '../db/connect.ts'
import { createDueMessageStore } from '../db/notifications/scheduled-store.ts'
import type { RoomLog } from '../room-log/room-log.ts'
import { type ScheduledRig, startScheduledRig } from '../testing/scheduled-rig.ts'
import type { Actor, TestApi } from '../testing/test-api.ts'
import { createSendScheduled } from './send-scheduled.ts'

const RATE = { perSecond: 5, burst: 20 }

let rig: ScheduledRig
let api: TestApi
let pool: Pool
let roomLog: RoomLog
let alice: Actor
let bob: Actor
let roomId: string
let run: () => Promise<void>
const beginMs = Date.now() + 60_000
let aheadMs = 0
const inMs = (ms: number): string => new Date(beginMs + ms).toISOString()

beforeAll(async () => {
  rig = await startScheduledRig()
  ;({ api, pool, roomLog } = rig)
})
afterAll(() => rig[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await api.guest('Alice')
  bob = await api.guest('Bob')
  roomId = (await alice.createRoom()).id
  await bob.join(roomId)
  await pool.query('DELETE FROM scheduled_message')
  aheadMs = 0
  run = createSendScheduled({
    store: createDueMessageStore(pool),
    run: roomLog.run,
    rate: RATE,
    now: () => new Date(beginMs + aheadMs),
  })
})

async function schedule(actor: Actor, text: string, sendAt = inMs(0)): Promise<void> {
  const path = `/v1/rooms/${roomId}/scheduled`
  expect((await actor.call('POST', path, { sendAt, text })).status).toBe(201)
}
const textsOf = async (): Promise<string[]> =>
  (await alice.messages(roomId, '?limit=100')).map(({ text }) => text ?? '')
const waitingOf = async (actor: Actor) =>
  (await actor.get('/v1/me/scheduled?status=pending&limit=100')).body.data
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`)

test('what comes due at once is sent by the rate of sends: the rest later, in order, all of it', async () => {
  const texts = numbered(70)
  for (const text of texts) await schedule(alice, text)
  await schedule(bob, 'of Bob', inMs(0))
  await run()
  // Bob does not wait for Alice, though all of hers were due before.
  expect((await textsOf()).toSorted()).toEqual([...texts.slice(0, 20), 'of Bob'].toSorted())
  expect(await waitingOf(alice)).toHaveLength(50)
  await run()
  expect(await textsOf()).toHaveLength(21)
  for (let second = 1; second <= 10; second += 1) {
    aheadMs = second * 1_000
    await run()
    expect(await textsOf()).toHaveLength(21 + 5 * second)
  }
  expect((await textsOf()).filter((text) => text !== 'of Bob')).toEqual(texts)
  expect(await waitingOf(alice)).toEqual([])
})

test('what is scheduled for later does not overtake what was put off', async () => {
  for (const text of numbered(40)) await schedule(alice, text)
  await schedule(alice, 'soon after', inMs(1_500))
  await schedule(alice, 'much later', inMs(60_000))
  await run()
  for (let second = 1; second <= 5; second += 1) {
    aheadMs = second * 1_000
    await run()
  }
  expect(await textsOf()).toEqual([...numbered(40), 'soon after'])
  expect(await waitingOf(alice)).toMatchObject([{ message: { text: 'much later' } }])
})

test('what is put off can be changed and taken back, and was not tried', async () => {
  for (const text of numbered(22)) await schedule(alice, text)
  await run()
  const [first, last] = await waitingOf(alice)
  const path = (one: { id: string }) => `/v1/me/scheduled/${one.id}`
  const change = { message: { text: 'changed' } }
  expect((await alice.call('PATCH', path(first), change)).status).toBe(200)
  expect((await alice.call('DELETE', path(last))).status).toBe(204)
  const rows = await pool.query<{ attempts: number }[]>(
    "SELECT attempts FROM scheduled_message WHERE status = 'pending'",
  )
  expect(rows).toMatchObject([{ attempts: 0 }])
  aheadMs = 1_000
  await run()
  expect((await textsOf()).slice(20)).toEqual(['changed'])
})
