import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandPayload, PresenceState } from '@parley/message-schema'
import {
  eventually,
  startTestCluster,
  type TestCluster,
  type TestSocket,
  type TestUser,
} from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'

const GRACE_MS = 1_500
const LEASE_MS = 2_000

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    env: {
      gateway: {
        PRESENCE_GRACE_MS: String(GRACE_MS),
        PRESENCE_LEASE_MS: String(LEASE_MS),
        DRAIN_WINDOW_MS: '500',
      },
    },
  })
})
afterAll(() => cluster.stop())

/** What one socket knows of the people that it watches, and all that it was told on the way. */
class Watcher {
  readonly #socket: TestSocket
  readonly #states = new Map<string, PresenceState>()
  readonly told: PresenceState[] = []

  constructor(socket: TestSocket) {
    this.#socket = socket
    socket.on('presence', ({ states }) => {
      for (const state of states) {
        this.told.push(state)
        this.#states.set(state.userId, state)
      }
    })
  }

  async watch(...users: TestUser[]): Promise<PresenceState[]> {
    const userIds = users.map(({ userId }) => userId)
    const reply = await this.#socket.emitWithAck('presence:subscribe', { userIds })
    if (!reply.ok) throw new Error(reply.error.code)
    this.#states.clear()
    for (const state of reply.data.states) this.#states.set(state.userId, state)
    return reply.data.states
  }

  of(user: TestUser): PresenceState | undefined {
    return this.#states.get(user.userId)
  }

  async sees(user: TestUser, state: Partial<PresenceState>, timeoutMs = 10_000): Promise<void> {
    await eventually(() => expect(this.of(user)).toMatchObject(state), { timeoutMs })
  }

  toldOf(user: TestUser): string[] {
    return this.told.filter(({ userId }) => userId === user.userId).map(({ status }) => status)
  }
}

const set = async (socket: TestSocket, payload: CommandPayload<'presence:set'>): Promise<void> => {
  expect(await socket.emitWithAck('presence:set', payload)).toEqual({ ok: true, data: {} })
}

/** People of one room; the first watches from gateway g1. */
async function roommates(count: number) {
  const users = await Promise.all(Array.from({ length: count }, () => cluster.register()))
  const roomId = await cluster.createRoom(users)
  const socket = await cluster.connect(users[0]!, { gateway: 'g1' })
  return { users, roomId, socket, watcher: new Watcher(socket) }
}

const polled = async (watcher: TestUser, user: TestUser): Promise<PresenceState | undefined> => {
  const path = `/v1/presence?ids=${user.userId}`
  const answer = (await cluster.rest('GET', path, { user: watcher })) as { states: PresenceState[] }
  return answer.states[0]
}

/** Their gateway has said that they are there: who sees nobody now is not merely early. */
const isSeen = (user: TestUser, by: TestUser): Promise<void> =>
  eventually(async () => expect(await polled(by, user)).toMatchObject({ status: 'online' }), {
    timeoutMs: 10_000,
  })

test('somebody is there for as long as one of their devices is, wherever it is connected', async () => {
  const { users, watcher } = await roommates(2)
  const [bob, alice] = [users[0]!, users[1]!]
  expect(await watcher.watch(alice)).toEqual([{ userId: alice.userId, status: 'offline' }])
  const phone = await cluster.connect(alice, { gateway: 'g2' })
  await watcher.sees(alice, { status: 'online' })
  expect(await polled(bob, alice)).toEqual({ userId: alice.userId, status: 'online' })
  const laptop = await cluster.connect(alice, { gateway: 'g3' })
  phone.disconnect()
  await sleep(GRACE_MS + 1_500)
  expect(watcher.toldOf(alice)).toEqual(['online'])
  laptop.disconnect()
  await watcher.sees(alice, { status: 'offline', lastSeenAt: expect.any(String) })
  expect(watcher.toldOf(alice)).toEqual(['online', 'offline'])
  await eventually(async () => expect(await polled(bob, alice)).toHaveProperty('lastSeenAt'), {
    timeoutMs: 15_000,
  })
})

test('who comes back soon was never away, on the same gateway and on another', async () => {
  const { users, watcher } = await roommates(2)
  const alice = users[1]!
  await watcher.watch(alice)
  let socket = await cluster.connect(alice, { gateway: 'g2' })
  await watcher.sees(alice, { status: 'online' })
  for (const gateway of ['g2', 'g3', 'g1', 'g2']) {
    socket.disconnect()
    socket = await cluster.connect(alice, { gateway })
  }
  await sleep(GRACE_MS + 1_500)
  expect(watcher.toldOf(alice)).toEqual(['online'])
})

test('what somebody chose holds on all devices, and is still so after they were away', async () => {
  const { users, watcher } = await roommates(2)
  const [bob, alice] = [users[0]!, users[1]!]
  await watcher.watch(alice)
  const phone = await cluster.connect(alice, { gateway: 'g2' })
  const laptop = await cluster.connect(alice, { gateway: 'g3' })
  await set(phone, { status: 'dnd', text: ' In a meeting ' })
  await watcher.sees(alice, { status: 'dnd', text: ' In a meeting ' })
  await set(laptop, { status: 'away' })
  await watcher.sees(alice, { status: 'away', text: ' In a meeting ' })
  phone.disconnect()
  laptop.disconnect()
  await watcher.sees(alice, { status: 'offline' })
  expect(watcher.of(alice)).not.toHaveProperty('text')
  await cluster.connect(alice, { gateway: 'g1' })
  await watcher.sees(alice, { status: 'away', text: ' In a meeting ' })
  expect(await polled(bob, alice)).toMatchObject({ status: 'away', text: ' In a meeting ' })
  const answer = await cluster.rest('PUT', '/v1/me/presence', {
    user: alice,
    body: { status: 'online', text: null },
  })
  expect(answer).toEqual({ presence: { status: 'online', text: null } })
  await watcher.sees(alice, { status: 'online' })
  expect(watcher.of(alice)).not.toHaveProperty('text')
})

test('somebody whose devices are all idle is away, until one is not', async () => {
  const { users, watcher } = await roommates(2)
  const alice = users[1]!
  await watcher.watch(alice)
  const phone = await cluster.connect(alice, { gateway: 'g2' })
  const laptop = await cluster.connect(alice, { gateway: 'g3' })
  await watcher.sees(alice, { status: 'online' })
  await set(phone, { idle: true })
  await set(laptop, { idle: true })
  await watcher.sees(alice, { status: 'away' })
  await set(phone, { idle: false })
  await watcher.sees(alice, { status: 'online' })
  await set(phone, { idle: true })
  await watcher.sees(alice, { status: 'away' })
  await cluster.connect(alice, { gateway: 'g2' })
  await watcher.sees(alice, { status: 'online' })
})

test('somebody invisible is not there, whatever they do', async () => {
  const { users, roomId, socket, watcher } = await roommates(2)
  const [bob, alice] = [users[0]!, users[1]!]
  const typing: unknown[] = []
  socket.on('typing', (fact) => typing.push(fact))
  await cluster.rest('PUT', '/v1/me/presence', { user: alice, body: { status: 'invisible' } })
  await watcher.watch(alice)
  const phone = await cluster.connect(alice, { gateway: 'g2' })
  const own = new Watcher(phone)
  await own.watch(bob)
  await own.sees(bob, { status: 'online' })
  phone.emit('typing:set', { roomId, on: true }, () => undefined)
  await set(phone, { idle: true })
  await set(phone, { idle: false, text: 'secretly here' })
  phone.disconnect()
  await sleep(GRACE_MS + 1_500)
  expect(watcher.told).toEqual([])
  expect(typing).toEqual([])
  expect(await polled(bob, alice)).toEqual({ userId: alice.userId, status: 'offline' })

  const again = await cluster.connect(alice, { gateway: 'g3' })
  await set(again, { status: 'online', text: null })
  await watcher.sees(alice, { status: 'online' })
  await set(again, { status: 'invisible' })
  await watcher.sees(alice, { status: 'offline' })
})

test('strangers see nobody, whom they share a room with they see from then on, until they leave', async () => {
  const [bob, alice] = [await cluster.register(), await cluster.register()]
  await cluster.connect(alice, { gateway: 'g2' })
  await isSeen(alice, alice)
  const watcher = new Watcher(await cluster.connect(bob, { gateway: 'g1' }))
  expect(await watcher.watch(alice)).toEqual([{ userId: alice.userId, status: 'offline' }])
  expect(await polled(bob, alice)).toEqual({ userId: alice.userId, status: 'offline' })
  const roomId = await cluster.createRoom([bob, alice])
  await watcher.sees(alice, { status: 'online' })
  await cluster.leave(bob, roomId, alice.userId)
  await watcher.sees(alice, { status: 'offline' })
  expect(watcher.of(alice)).not.toHaveProperty('lastSeenAt')
  expect(await polled(bob, alice)).toEqual({ userId: alice.userId, status: 'offline' })
})

test('who is blocked, or is not meant to see, sees somebody who is offline', async () => {
  const { users, watcher } = await roommates(3)
  const [bob, alice, carol] = [users[0]!, users[1]!, users[2]!]
  await cluster.connect(alice, { gateway: 'g2' })
  await cluster.connect(carol, { gateway: 'g3' })
  await cluster.rest('PUT', `/v1/me/blocks/${bob.userId}`, { user: alice })
  await isSeen(alice, carol)
  await watcher.watch(alice, carol)
  await watcher.sees(carol, { status: 'online' })
  expect(watcher.of(alice)).toEqual({ userId: alice.userId, status: 'offline' })
  expect(await polled(bob, alice)).toEqual({ userId: alice.userId, status: 'offline' })

  const hide = (presence: string) =>
    cluster.rest('PUT', '/v1/me/prefs', { user: carol, body: { privacy: { presence } } })
  await hide('nobody')
  await watcher.sees(carol, { status: 'offline' })
  await hide('contacts')
  await watcher.sees(carol, { status: 'online' })
})

test('a subscription takes the place of the one before', async () => {
  const { users, watcher } = await roommates(3)
  const [, alice, carol] = users as [TestUser, TestUser, TestUser]
  await watcher.watch(alice)
  await watcher.watch(carol)
  await cluster.connect(alice, { gateway: 'g2' })
  await cluster.connect(carol, { gateway: 'g2' })
  await watcher.sees(carol, { status: 'online' })
  expect(watcher.toldOf(alice)).toEqual([])
})

test('what cannot be watched is refused, and said clearly', async () => {
  const { socket, users } = await roommates(1)
  const many = Array.from({ length: 201 }, (_, n) => `u${n}`)
  expect(await socket.emitWithAck('presence:subscribe', { userIds: many })).toMatchObject({
    ok: false,
    error: { code: 'INVALID' },
  })
  expect(await socket.emitWithAck('presence:set', {})).toMatchObject({
    ok: false,
    error: { code: 'INVALID' },
  })
  expect(await socket.emitWithAck('presence:set', { text: 'x'.repeat(141) })).toMatchObject({
    ok: false,
    error: { code: 'TOO_LARGE' },
  })
  const replies = await Promise.all(
    Array.from({ length: 40 }, () =>
      socket.emitWithAck('presence:subscribe', { userIds: [users[0]!.userId] }),
    ),
  )
  const refused = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code]))
  expect(new Set(refused)).toEqual(new Set(['RATE_LIMITED']))
})

test('Redis is emptied: nobody goes, and who asks anew soon sees everybody', async () => {
  const { users, watcher } = await roommates(3)
  const [, alice, carol] = users as [TestUser, TestUser, TestUser]
  await cluster.connect(alice, { gateway: 'g2' })
  const phone = await cluster.connect(carol, { gateway: 'g3' })
  await set(phone, { status: 'invisible' })
  await watcher.watch(alice, carol)
  await watcher.sees(alice, { status: 'online' })
  await watcher.sees(carol, { status: 'offline' })
  await using redis = await openRedis()
  await redis.flushall()
  const other = new Watcher(await cluster.connect(users[0]!, { gateway: 'g3' }))
  await eventually(
    async () => {
      await other.watch(alice, carol)
      expect(other.of(alice)).toMatchObject({ status: 'online' })
    },
    { everyMs: 400, timeoutMs: 8_000 },
  )
  await sleep(LEASE_MS)
  expect(other.of(carol)).toMatchObject({ status: 'offline' })
  expect(watcher.toldOf(alice).filter((status) => status !== 'online')).toEqual([])
})

test('with Redis dead presence is quiet; when it is back, so is the truth', async () => {
  const { users, watcher } = await roommates(3)
  const [, alice, carol] = users as [TestUser, TestUser, TestUser]
  const phone = await cluster.connect(alice, { gateway: 'g2' })
  await watcher.watch(alice, carol)
  await watcher.sees(alice, { status: 'online' })
  await cluster.kill('redis')
  phone.disconnect()
  const late = await cluster.connect(carol, { gateway: 'g3' })
  await set(late, { status: 'dnd' })
  const fresh = new Watcher(await cluster.connect(carol, { gateway: 'g2' }))
  expect(await fresh.watch(users[0]!)).toEqual([])
  await sleep(GRACE_MS + LEASE_MS)
  expect(watcher.toldOf(alice).filter((status) => status !== 'online')).toEqual([])
  await cluster.start('redis')
  await watcher.sees(alice, { status: 'offline' }, 15_000)
  await watcher.sees(carol, { status: 'dnd' }, 15_000)
  await fresh.sees(users[0]!, { status: 'online' }, 15_000)
})

test('a gateway is killed: its users go with its lease, but those who came back elsewhere', async () => {
  const { users, watcher } = await roommates(3)
  const [, alice, carol] = users as [TestUser, TestUser, TestUser]
  await watcher.watch(alice, carol)
  await cluster.connect(alice, { gateway: 'g2', reconnection: false })
  await cluster.connect(carol, { gateway: 'g2', reconnection: false })
  await watcher.sees(alice, { status: 'online' })
  await watcher.sees(carol, { status: 'online' })
  await cluster.kill('g2')
  await cluster.connect(carol, { gateway: 'g3' })
  await watcher.sees(alice, { status: 'offline' }, 3 * LEASE_MS + 3_000)
  await sleep(LEASE_MS)
  expect(watcher.toldOf(carol)).toEqual(['online'])
  await cluster.start('g2')
  await cluster.connect(alice, { gateway: 'g2' })
  await watcher.sees(alice, { status: 'online' })
})

async function openRedis() {
  const redis = new Redis(cluster.info().redis.url)
  return {
    flushall: () => redis.flushall(),
    [Symbol.asyncDispose]: async () => {
      await redis.quit()
    },
  }
}
