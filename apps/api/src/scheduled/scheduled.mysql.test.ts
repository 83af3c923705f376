import { randomUUID } from 'node:crypto'
import { ParleyError } from '@parley/message-schema'
import { createLogger, createRegistry } from '@parley/server-kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Pool } from '../db/connect.ts'
import { createDueMessageStore } from '../db/notifications/scheduled-store.ts'
import { createPreparation } from '../preparation/create-preparation.ts'
import type { RoomLog } from '../room-log/room-log.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { type ScheduledRig, startScheduledRig } from '../testing/scheduled-rig.ts'
import type { Actor, TestApi } from '../testing/test-api.ts'
import { upload } from '../testing/upload.ts'
import { createSendScheduled } from './send-scheduled.ts'

const FAST = { perSecond: 1_000, burst: 1_000 }
let rig: ScheduledRig
let api: TestApi
let pool: Pool
let roomLog: RoomLog
let alice: Actor
let bob: Actor
let roomId: string
let aheadMs = 0
const now = (): Date => new Date(Date.now() + aheadMs)
const inMs = (ms: number): string => new Date(now().getTime() + ms).toISOString()

beforeAll(async () => {
  rig = await startScheduledRig()
  ;({ api, pool, roomLog } = rig)
})
afterAll(() => rig[Symbol.asyncDispose]())
beforeEach(async () => {
  aheadMs = 0
  alice = await api.guest('Alice')
  bob = await api.guest('Bob')
  roomId = (await alice.createRoom()).id
  await pool.query('DELETE FROM scheduled_message')
})

const sender = (run: RunCommand = roomLog.run) =>
  createSendScheduled({ store: createDueMessageStore(pool), run, rate: FAST, now })
const schedule = (actor: Actor, more: object = {}) =>
  actor.call('POST', `/v1/rooms/${roomId}/scheduled`, {
    sendAt: inMs(60_000),
    text: 'Later',
    ...more,
  })
const listOf = async (actor: Actor) => (await actor.get('/v1/me/scheduled')).body.data
const textsOf = async () => (await alice.messages(roomId)).map(({ text }) => text)

test('a message is sent at its time, once, as its author', async () => {
  const { status, body } = await schedule(alice, { mentions: [bob.id], type: 'note' })
  expect(status).toBe(201)
  expect(body.scheduled).toMatchObject({ roomId, status: 'pending', message: { text: 'Later' } })
  await sender()()
  expect(await textsOf()).toEqual([])
  aheadMs = 60_001
  await Promise.all([sender()(), sender()(), sender()()])
  const [message, ...others] = await alice.messages(roomId)
  expect(others).toEqual([])
  expect(message).toMatchObject({ text: 'Later', type: 'note', sender: { id: alice.id } })
  expect(await listOf(alice)).toMatchObject([{ status: 'sent', seq: message?.seq }])
})

test('who dies after the commit and before noting it down: it is there once', async () => {
  await schedule(alice)
  aheadMs = 60_001
  const dying: RunCommand = async (command) => {
    await roomLog.run(command)
    return new Promise(() => {})
  }
  void sender(dying)()
  await expect.poll(textsOf, { timeout: 20_000 }).toEqual(['Later'])
  expect(await listOf(alice)).toMatchObject([{ status: 'sending' }])
  aheadMs += 60_001
  await sender()()
  expect(await textsOf()).toEqual(['Later'])
  expect(await listOf(alice)).toMatchObject([{ status: 'sent' }])
})

test('rights are asked when it is sent: a refusal is shown, and can be tried once more', async () => {
  await bob.join(roomId)
  const { body } = await schedule(bob)
  await bob.leave(roomId)
  aheadMs = 60_001
  await sender()()
  expect(await textsOf()).toEqual([])
  expect(await listOf(bob)).toMatchObject([{ status: 'failed', error: { code: 'NOT_MEMBER' } }])
  await bob.join(roomId)
  const path = `/v1/me/scheduled/${body.scheduled.id}`
  const again = await bob.call('PATCH', path, { sendAt: inMs(1_000) })
  expect(again.body.scheduled).toMatchObject({ status: 'pending' })
  expect(again.body.scheduled.error).toBeUndefined()
  aheadMs += 1_001
  await sender()()
  expect(await listOf(bob)).toMatchObject([{ status: 'sent' }])
})

test('what is busy is tried again, and may be changed until then', async () => {
  const { body } = await schedule(alice)
  const path = `/v1/me/scheduled/${body.scheduled.id}`
  aheadMs = 60_001
  await sender(async () => {
    throw new ParleyError('SERVER_BUSY', { retryAfterMs: 5_000 })
  })()
  expect(await listOf(alice)).toMatchObject([{ status: 'pending' }])
  await sender()()
  expect(await textsOf()).toEqual([])
  aheadMs += 5_001
  await sender()()
  expect(await textsOf()).toEqual(['Later'])
  expect((await alice.call('PATCH', path, { message: { text: 'No' } })).body.code).toBe('CONFLICT')
})

test('while the host application cannot be asked it waits, and is sent when it can', async () => {
  await schedule(alice)
  aheadMs = 60_001
  const preparation = createPreparation({
    roomLog,
    pool,
    settings: {
      hook: { url: 'http://127.0.0.1:1/', secret: undefined, timeoutMs: 1_000, failsOpen: false },
      onlyRegisteredTypes: false,
    },
    findAttachments: async () => [],
    onlineAmong: async () => new Set(),
    logger: createLogger('test', 'silent'),
    metrics: createRegistry('test'),
  })
  await sender(preparation.roomLog.run)()
  await preparation.stop()
  expect(await textsOf()).toEqual([])
  const [waiting] = await listOf(alice)
  expect(waiting).toMatchObject({ status: 'pending' })
  expect(waiting).not.toHaveProperty('error')
  aheadMs += 60_000
  await sender()()
  expect(await textsOf()).toEqual(['Later'])
  expect(await listOf(alice)).toMatchObject([{ status: 'sent' }])
})

test('after an unknown outcome it can be neither changed nor taken back', async () => {
  const { body } = await schedule(alice)
  const path = `/v1/me/scheduled/${body.scheduled.id}`
  aheadMs = 60_001
  await sender(async (command) => {
    await roomLog.run(command)
    throw new ParleyError('UNKNOWN_OUTCOME')
  })()
  expect((await alice.call('PATCH', path, { message: { text: 'No' } })).body.code).toBe('CONFLICT')
  expect((await alice.call('DELETE', path)).body.code).toBe('CONFLICT')
  aheadMs += 10 * 60_000
  await sender()()
  expect(await textsOf()).toEqual(['Later'])
})

test('it can be changed and taken back before, by its author only', async () => {
  const { body } = await schedule(alice)
  const path = `/v1/me/scheduled/${body.scheduled.id}`
  expect((await bob.call('PATCH', path, { sendAt: inMs(1_000) })).body.code).toBe('NOT_FOUND')
  expect((await bob.call('DELETE', path)).body.code).toBe('NOT_FOUND')
  const sendAt = inMs(120_000)
  const changed = await alice.call('PATCH', path, { sendAt, message: { text: 'Better' } })
  expect(changed.body.scheduled).toMatchObject({ sendAt, message: { text: 'Better' } })
  aheadMs = 60_001
  await sender()()
  expect(await textsOf()).toEqual([])
  expect((await alice.call('DELETE', path)).status).toBe(204)
  aheadMs = 120_001
  await sender()()
  expect(await textsOf()).toEqual([])
  expect(await listOf(alice)).toEqual([])
})

test('the same `clientMsgId` is the same message; for another it is refused', async () => {
  const clientMsgId = randomUUID()
  const sendAt = inMs(60_000)
  const first = await schedule(alice, { clientMsgId, sendAt })
  const again = await schedule(alice, { clientMsgId, sendAt })
  expect(again.body).toEqual(first.body)
  expect(first.body.scheduled.clientMsgId).toBe(clientMsgId)
  const other = await schedule(alice, { clientMsgId, sendAt, text: 'Other' })
  expect(other.body.code).toBe('IDEMPOTENCY_MISMATCH')
})

test('a repetition that comes after its time, or after one has left, answers the first one', async () => {
  await bob.join(roomId)
  const sendAt = inMs(400)
  const draft = { sendAt, text: 'Soon' }
  const path = `/v1/rooms/${roomId}/scheduled`
  const withKey = () => bob.call('POST', path, draft, { 'idempotency-key': 'soon' })
  const clientMsgId = randomUUID()
  const withId = (more: object = {}) => schedule(bob, { ...draft, clientMsgId, ...more })
  const first = [await withKey(), await withId()]
  expect(first.map(({ status }) => status)).toEqual([201, 201])
  await expect.poll(() => Date.now() > Date.parse(sendAt)).toBe(true)
  expect((await schedule(bob, draft)).body.code).toBe('INVALID')
  const again = [await withKey(), await withId()]
  expect(again.map(({ status, body }) => [status, body])).toEqual(
    first.map(({ status, body }) => [status, body]),
  )
  await sender()()
  await bob.leave(roomId)
  const { status, body } = await withKey()
  expect(status).toBe(201)
  expect(body.scheduled).toMatchObject({ id: first[0]?.body.scheduled.id, status: 'sent' })
  expect((await withId({ text: 'Other' })).body.code).toBe('IDEMPOTENCY_MISMATCH')
  expect(await listOf(bob)).toHaveLength(2)
})

test('when, where, and how many', async () => {
  expect((await schedule(alice, { sendAt: inMs(-1) })).body.code).toBe('INVALID')
  expect((await schedule(alice, { sendAt: inMs(367 * 24 * 3600_000) })).body.code).toBe('INVALID')
  expect((await schedule(alice, { text: undefined })).body.code).toBe('INVALID')
  expect((await schedule(bob)).body.code).toBe('NOT_MEMBER')
  const { id: hidden } = await alice.createRoom({ visibility: 'private' })
  const draft = { sendAt: inMs(60_000), text: 'x' }
  const stranger = await bob.call('POST', `/v1/rooms/${hidden}/scheduled`, draft)
  expect(stranger.body.code).toBe('NOT_FOUND')
  const many = await Promise.all(
    Array.from({ length: 103 }, (_, n) => schedule(alice, { text: `${n}` })),
  )
  expect(many.filter(({ status }) => status === 201)).toHaveLength(100)
  expect(many.find(({ status }) => status !== 201)?.body.code).toBe('REJECTED')
})

test('the list comes in pages, and by status', async () => {
  for (const text of ['a', 'b', 'c']) await schedule(alice, { text })
  const first = await alice.get('/v1/me/scheduled?limit=2')
  expect(first.body.data).toHaveLength(2)
  expect(first.body.page.hasMoreAfter).toBe(true)
  const rest = await alice.get(`/v1/me/scheduled?after=${first.body.page.after}`)
  expect(rest.body.data).toMatchObject([{ message: { text: 'c' } }])
  expect((await alice.get('/v1/me/scheduled?status=sent')).body.data).toEqual([])
})

test('files wait with their message, and must be one’s own', async () => {
  const file = await upload(api, alice, 'a plan')
  const sendAt = inMs(90 * 24 * 3600_000)
  expect((await schedule(alice, { sendAt, attachments: [file.id] })).status).toBe(201)
  const [row] = await pool.query<{ check_at: Date }[]>('SELECT check_at FROM file WHERE id = ?', [
    Buffer.from(file.id.replaceAll('-', ''), 'hex'),
  ])
  expect(row?.check_at.getTime()).toBeGreaterThan(new Date(sendAt).getTime())
  await bob.join(roomId)
  expect((await schedule(bob, { attachments: [file.id] })).body.code).toBe('INVALID')
})
