import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDueStore } from '../db/notifications/due-notification-store.ts'
import { createPushSendStore } from '../db/notifications/push-send-store.ts'
import {
  AFTER_MS,
  startNotificationRig,
  type NotificationRig,
} from '../testing/notification-rig.ts'
import type { Actor } from '../testing/test-api.ts'
import { createDecideDue } from './decide-due.ts'

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

test('two workers side by side push everything once', async () => {
  const people = await Promise.all(Array.from({ length: 8 }, (_, n) => rig.api.guest(`P${n}`)))
  const { id: roomId } = await alice.createRoom()
  for (const actor of people) {
    await rig.subscribe(actor)
    await actor.join(roomId)
  }
  for (let n = 0; n < 5; n += 1) {
    await alice.send(roomId, `to all ${n}`, { mentions: people.map(({ id }) => id) })
  }
  await rig.hear()
  rig.clock.advance(AFTER_MS + 1)
  const other = createDecideDue({ store: createDueStore(rig.pool), now: rig.clock.now })
  await Promise.all([rig.decide(), other(), rig.decide()])
  await Promise.all([rig.send(), rig.send(), rig.send()])
  for (const actor of people) {
    expect(rig.pushesTo(actor).map(({ payload }) => payload)).toMatchObject([{ count: 5 }])
  }
})

test('who dies with something taken leaves it to others: at most once more, with the same tag', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  await alice.send(roomId, 'Hello')
  await rig.hear()
  rig.clock.advance(AFTER_MS + 1)
  await rig.decide()
  const taken = await createPushSendStore(rig.pool).take(rig.clock.now(), 10, 60_000)
  expect(taken).toHaveLength(1)
  await rig.send()
  expect(rig.pushesTo(bob)).toEqual([])
  rig.clock.advance(60_001)
  await rig.send()
  expect(rig.pushesTo(bob)).toHaveLength(1)
})

test('a service that is busy is asked again, later and not for ever', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  await alice.send(roomId, 'Hello')
  rig.receiver.answers.push(429, 503)
  await rig.settle()
  await rig.send()
  expect(rig.pushesTo(bob)).toEqual([])
  rig.clock.advance(5_001)
  await rig.send()
  expect(rig.pushesTo(bob)).toEqual([])
  rig.clock.advance(20_001)
  await rig.send()
  expect(rig.pushesTo(bob)).toHaveLength(1)
  await alice.send(roomId, 'Hello again')
  rig.receiver.answers.push(...Array.from({ length: 6 }, () => 500))
  await rig.settle()
  for (let n = 0; n < 8; n += 1) {
    rig.clock.advance(3600_000)
    await rig.send()
  }
  expect(rig.receiver.answers).toEqual([])
  expect(rig.pushesTo(bob)).toHaveLength(1)
  expect(await rig.rows('push_send')).toBe(0)
})

test('a subscription that is gone is forgotten', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  await alice.send(roomId, 'Hello')
  rig.receiver.answers.push(410)
  await rig.settle()
  expect((await bob.get('/v1/me/devices')).body.data).toEqual([])
  expect(await rig.rows('push_send')).toBe(0)
})

test('read while a push waits to be tried again: it is not', async () => {
  await rig.subscribe(bob)
  const roomId = await rig.dm(alice, bob)
  const seq = await alice.send(roomId, 'Hello')
  rig.receiver.answers.push(503)
  await rig.settle()
  await rig.read(bob, roomId, seq)
  rig.clock.advance(10_000)
  await rig.send()
  expect(rig.pushesTo(bob)).toEqual([])
  expect(await rig.rows('push_send')).toBe(0)
})
