import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  AFTER_MS,
  startNotificationRig,
  type NotificationRig,
} from '../testing/notification-rig.ts'
import type { Actor } from '../testing/test-api.ts'

let rig: NotificationRig
let alice: Actor
let bob: Actor
beforeAll(async () => {
  rig = await startNotificationRig()
})
afterAll(() => rig[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await rig.api.guest('Alice')
  bob = await rig.api.guest('Bob')
})

test('what is unread after the wait is pushed, encrypted for the device and signed', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  const seq = await alice.send(roomId, 'Hello Bob')
  await rig.hear()
  await rig.decide()
  await rig.send()
  expect(rig.pushesTo(bob)).toEqual([])
  rig.clock.advance(AFTER_MS)
  await rig.decide()
  await rig.send()
  const [push, ...others] = rig.pushesTo(bob)
  expect(others).toEqual([])
  expect(push?.payload).toMatchObject({
    type: 'message',
    roomId,
    seq,
    count: 1,
    reason: 'message',
    title: 'Alice',
    body: 'Hello Bob',
    from: { id: alice.id, name: 'Alice' },
  })
  expect(push?.headers).toMatchObject({
    'content-encoding': 'aes128gcm',
    topic: roomId.replaceAll('-', ''),
    urgency: 'high',
    ttl: '86400',
  })
  expect(push?.vapid).toEqual({
    aud: `http://${rig.receiver.host}`,
    sub: 'mailto:test@example.com',
    key: rig.vapid.publicKey,
  })
  expect(await rig.rows('push_send')).toBe(0)
  expect(await rig.rows('pending_notification')).toBe(0)
})

test('who has read meanwhile is told nothing, nor is the author', async () => {
  await rig.subscribe(alice)
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  const seq = await alice.send(roomId, 'Hello')
  await rig.hear()
  await rig.read(bob, roomId, seq)
  await rig.settle()
  expect(rig.receiver.received.filter(({ name }) => [alice.id, bob.id].includes(name))).toEqual([])
})

test('several messages are one push, with their number and the newest text', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  for (const text of ['one', 'two', 'three']) await alice.send(roomId, text)
  await rig.settle()
  expect(rig.pushesTo(bob).map(({ payload }) => payload)).toMatchObject([
    { count: 3, body: 'three' },
  ])
  await alice.send(roomId, 'four')
  await rig.settle()
  expect(rig.pushesTo(bob).at(-1)?.payload).toMatchObject({ count: 4, body: 'four' })
})

test('deleted meanwhile, silent, or imported: nothing', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  const seq = await alice.send(roomId, 'a mistake')
  await alice.send(roomId, 'quietly', { silent: true })
  await rig.hear()
  await alice.call('DELETE', `/v1/rooms/${roomId}/messages/${seq}`)
  await rig.settle()
  expect(rig.pushesTo(bob)).toEqual([])
})

test('in rooms those who are mentioned or answered are told, and who asked for all', async () => {
  const carol = await rig.api.guest('Carol')
  const dave = await rig.api.guest('Dave')
  for (const actor of [alice, bob, carol, dave]) await rig.subscribe(actor)
  const { id: roomId } = await alice.createRoom({ name: 'Plans' })
  for (const actor of [bob, carol, dave]) await actor.join(roomId)
  await dave.call('PUT', `/v1/rooms/${roomId}/notifications`, { level: 'all' })
  const first = await carol.send(roomId, 'An idea')
  await rig.read(dave, roomId, first)
  await alice.send(roomId, 'Good one', { replyTo: first, mentions: [bob.id] })
  await rig.settle()
  expect(rig.pushesTo(bob)[0]?.payload).toMatchObject({ reason: 'mention', title: 'Plans' })
  expect(rig.pushesTo(bob)[0]?.payload).toMatchObject({ body: 'Alice: Good one' })
  expect(rig.pushesTo(carol)[0]?.payload).toMatchObject({ reason: 'reply' })
  expect(rig.pushesTo(dave)[0]?.payload).toMatchObject({ reason: 'message' })
  // Alice did not ask for all, so Carol's idea was no news to her.
  expect(rig.pushesTo(alice)).toEqual([])
  await alice.send(roomId, 'Everybody!', { mentionAll: 'room' })
  await rig.settle()
  for (const actor of [bob, carol, dave]) {
    expect(rig.pushesTo(actor).at(-1)?.payload).toMatchObject({ reason: 'mention', count: 2 })
  }
})

test('what is chosen in between counts: silenced, snoozed, blocked, left, signed out', async () => {
  const guest = (name: string) => rig.api.guest(name)
  const level = await guest('level')
  const snooze = await guest('snooze')
  const block = await guest('block')
  const leave = await guest('leave')
  const logout = await guest('logout')
  const nothing = await guest('nothing')
  const people = [level, snooze, block, leave, logout, nothing]
  const { id: roomId } = await alice.createRoom()
  for (const actor of people) {
    await rig.subscribe(actor)
    await actor.join(roomId)
  }
  await alice.send(roomId, 'all of you', { mentions: people.map(({ id }) => id) })
  await rig.hear()
  const settings = `/v1/rooms/${roomId}/notifications`
  await level.call('PUT', settings, { level: 'none' })
  const later = new Date(rig.clock.now().getTime() + 3600_000).toISOString()
  await snooze.call('PUT', settings, { snoozedUntil: later })
  await block.call('PUT', `/v1/me/blocks/${alice.id}`)
  await leave.leave(roomId)
  expect((await logout.call('POST', '/v1/auth/logout')).status).toBe(204)
  await rig.settle()
  const counts = people.map((actor) => rig.pushesTo(actor).length)
  expect(counts).toEqual([0, 0, 0, 0, 0, 1])
})

test('without previews a push says that there is something, and nothing else', async () => {
  await rig.subscribe(bob)
  await bob.call('PUT', '/v1/me/notifications', { previews: false })
  const roomId = await rig.dm(alice, bob)
  await alice.send(roomId, 'a secret')
  await rig.settle()
  const { payload } = rig.pushesTo(bob)[0] ?? {}
  expect(payload).toMatchObject({ title: 'New message', body: '', count: 1 })
  expect(JSON.stringify(payload)).not.toContain('secret')
  expect(JSON.stringify(payload)).not.toContain('Alice')
})

test('in quiet hours and on "do not disturb" nothing is pushed', async () => {
  const carol = await rig.api.guest('Carol')
  await rig.subscribe(bob)
  await rig.subscribe(carol)
  const hour = rig.clock.now().getUTCHours()
  const at = (hours: number): string => `${String((hour + hours + 24) % 24).padStart(2, '0')}:00`
  await bob.call('PUT', '/v1/me/notifications', {
    quietHours: { timeZone: 'UTC', from: at(-2), to: at(3) },
  })
  await carol.call('PUT', '/v1/me/presence', { status: 'dnd' })
  await alice.send(await rig.dm(alice, bob), 'psst')
  await alice.send(await rig.dm(alice, carol), 'psst')
  await rig.settle()
  expect(rig.pushesTo(bob)).toEqual([])
  expect(rig.pushesTo(carol)).toEqual([])
  expect(await rig.rows('pending_notification')).toBe(0)
})

test('read on one device, the notice is cleared on all that want to be told', async () => {
  await rig.subscribe(bob, `${bob.id}-a`)
  await rig.subscribe(bob, `${bob.id}-b`, { clears: false })
  const roomId = await rig.dm(alice, bob)
  const seq = await alice.send(roomId, 'Hello')
  await rig.settle()
  await rig.clear()
  expect(rig.receiver.to(`${bob.id}-a`)).toHaveLength(1)
  await rig.read(bob, roomId, seq)
  rig.clock.advance(3_000)
  await rig.clear()
  expect(rig.receiver.to(`${bob.id}-a`).at(-1)?.payload).toEqual({ type: 'clear', roomId, seq })
  expect(rig.receiver.to(`${bob.id}-b`)).toHaveLength(1)
  // Once.
  rig.clock.advance(60_000)
  await rig.clear()
  expect(rig.receiver.to(`${bob.id}-a`)).toHaveLength(2)
  await alice.send(roomId, 'Again')
  await rig.settle()
  expect(rig.receiver.to(`${bob.id}-a`).at(-1)?.payload).toMatchObject({ count: 1 })
})

test('the notice of a message that is deleted, or of a room that one leaves, is cleared', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  const seq = await alice.send(roomId, 'a mistake')
  const { id: plans } = await alice.createRoom({ name: 'Plans' })
  await bob.join(plans)
  const told = await alice.send(plans, 'you', { mentions: [bob.id] })
  await rig.settle()
  expect(rig.pushesTo(bob)).toHaveLength(2)
  await alice.call('DELETE', `/v1/rooms/${roomId}/messages/${seq}`)
  await bob.leave(plans)
  rig.clock.advance(3_000)
  await rig.clear()
  const cleared = rig.pushesTo(bob).slice(2)
  expect(cleared.map(({ payload }) => payload)).toEqual(
    expect.arrayContaining([
      { type: 'clear', roomId, seq },
      { type: 'clear', roomId: plans, seq: told },
    ]),
  )
})

test('the log hands over a range twice: it is pushed once', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  const seq = await alice.send(roomId, 'Hello')
  await rig.settle()
  await rig.consumer.consume([{ roomId, fromSeq: 1, toSeq: seq }])
  await rig.settle()
  expect(rig.pushesTo(bob)).toHaveLength(1)
})

test('above the size nobody is told of everything, and `@room` tells nobody', async () => {
  const { id: roomId } = await alice.createRoom()
  await rig.subscribe(bob)
  await bob.join(roomId)
  const settings = `/v1/rooms/${roomId}/notifications`
  await bob.call('PUT', settings, { level: 'all' })
  await rig.pool.query('UPDATE room_head SET member_count = 1001 WHERE room_id = ?', [
    Buffer.from(roomId.replaceAll('-', ''), 'hex'),
  ])
  const { body } = await bob.get(settings)
  expect(body.notifications).toMatchObject({ level: 'all', effective: 'mentions' })
  await alice.send(roomId, 'to nobody in particular')
  await alice.send(roomId, 'to all', { mentionAll: 'room' })
  await rig.settle()
  expect(rig.pushesTo(bob)).toEqual([])
  await alice.send(roomId, 'to you', { mentions: [bob.id], clientMsgId: randomUUID() })
  await rig.settle()
  expect(rig.pushesTo(bob).map(({ payload }) => payload)).toMatchObject([
    { reason: 'mention', count: 1 },
  ])
})
