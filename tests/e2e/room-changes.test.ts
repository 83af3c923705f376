import { randomUUID } from 'node:crypto'
import type { Event, Room } from '@parley/message-schema'
import {
  eventually,
  startTestCluster,
  type TestCluster,
  type TestSocket,
  type TestUser,
} from '@parley/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

let cluster: TestCluster
let alice: TestUser
let bob: TestUser
let roomId: string
/** One on each gateway. */
let sockets: { readonly alice: TestSocket; readonly bob: TestSocket }
const seen: Record<'alice' | 'bob', Event[]> = { alice: [], bob: [] }
const gone: string[] = []

beforeAll(async () => {
  cluster = await startTestCluster({ gateways: 2, apis: 1 })
})
afterAll(() => cluster.stop())

beforeEach(async () => {
  ;[alice, bob] = await Promise.all([cluster.register(), cluster.register()])
  const body = { name: 'Changes', visibility: 'public' }
  const created = (await cluster.rest('POST', '/v1/rooms', { user: alice, body })) as {
    room: Room
  }
  roomId = created.room.id
  await join(bob)
  gone.length = 0
  const open = (who: 'alice' | 'bob', user: TestUser, gateway: string) => {
    seen[who] = []
    return cluster.connect(user, {
      gateway,
      prepare: (socket) => {
        socket.on('room:events', ({ events }) => seen[who].push(...events))
        socket.on('room:removed', (fact) => gone.push(`${who} ${fact.roomId}`))
      },
    })
  }
  sockets = { alice: await open('alice', alice, 'g1'), bob: await open('bob', bob, 'g2') }
  for (const socket of Object.values(sockets)) await socket.emitWithAck('sync', {})
})

const join = (who: TestUser): Promise<unknown> =>
  cluster.rest('PUT', `/v1/rooms/${roomId}/members/${who.userId}`, { user: who, body: {} })

const say = async (socket: TestSocket, text: string): Promise<number> => {
  const reply = await socket.emitWithAck('message:send', {
    roomId,
    clientMsgId: randomUUID(),
    text,
  })
  if (!reply.ok) throw new Error(JSON.stringify(reply.error))
  return reply.data.seq
}

test('reactions and pins set over one gateway arrive over the other, once each', async () => {
  const seq = await say(sockets.alice, 'hello')
  const first = await sockets.bob.emitWithAck('reaction:set', { roomId, seq, key: '👍', on: true })
  const again = await sockets.bob.emitWithAck('reaction:set', { roomId, seq, key: '👍', on: true })
  expect(first).toMatchObject({ ok: true })
  expect(again).toEqual(first)
  const pinned = await sockets.alice.emitWithAck('pin:set', { roomId, seq, on: true })
  expect(pinned).toMatchObject({ ok: true })
  const refused = await sockets.bob.emitWithAck('pin:set', { roomId, seq, on: false })
  expect(refused).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } })
  for (const who of ['alice', 'bob'] as const) {
    await eventually(() => {
      expect(seen[who].filter(({ ref }) => ref === seq)).toMatchObject([
        { type: 'reaction:changed', actor: { id: bob.userId }, data: { key: '👍', on: true } },
        { type: 'pin:changed', actor: { id: alice.userId }, data: { on: true } },
      ])
    })
  }
})

test('a deleted room says so to everybody, and then is not there any more', async () => {
  await say(sockets.alice, 'last words')
  await cluster.rest('DELETE', `/v1/rooms/${roomId}`, { user: alice })
  await eventually(() => {
    for (const who of ['alice', 'bob'] as const) {
      expect(seen[who].at(-1)).toMatchObject({ type: 'room:updated', data: { deleted: true } })
    }
    expect(gone.toSorted()).toEqual([`alice ${roomId}`, `bob ${roomId}`])
  })
  const reply = await sockets.bob.emitWithAck('message:send', {
    roomId,
    clientMsgId: randomUUID(),
    text: 'anybody here?',
  })
  expect(reply).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  const synced = await sockets.bob.emitWithAck('sync', { rooms: { [roomId]: 1 } })
  expect(synced).toMatchObject({
    ok: true,
    data: { rooms: { [roomId]: { reset: true, reason: 'not-member' } } },
  })
  await expect(cluster.rest('GET', `/v1/rooms/${roomId}`, { user: alice })).rejects.toThrow('404')
})

test('a frozen room takes only what those who keep it say; brought back, everybody speaks', async () => {
  const patch = (body: object) =>
    cluster.rest('PATCH', `/v1/rooms/${roomId}`, { user: alice, body })
  await patch({ frozen: true })
  const draft = { roomId, clientMsgId: randomUUID(), text: 'may I?' }
  expect(await sockets.bob.emitWithAck('message:send', draft)).toMatchObject({
    ok: false,
    error: { code: 'ROOM_FROZEN' },
  })
  await say(sockets.alice, 'silence, please')
  await patch({ frozen: false })
  expect(await sockets.bob.emitWithAck('message:send', draft)).toMatchObject({ ok: true })
  await patch({ archived: true })
  expect(
    await sockets.alice.emitWithAck('message:send', { ...draft, clientMsgId: randomUUID() }),
  ).toMatchObject({ ok: false, error: { code: 'ROOM_ARCHIVED' } })
  // What was committed stays committed: the retry is a success in an archived room too.
  expect(await sockets.bob.emitWithAck('message:send', draft)).toMatchObject({
    ok: true,
    data: { dup: true },
  })
})

test('slow mode counts each person on every gateway together', async () => {
  await cluster.rest('PATCH', `/v1/rooms/${roomId}`, {
    user: alice,
    body: { slowModeS: 3_600 },
  })
  await say(sockets.bob, 'one')
  const elsewhere = await cluster.connect(bob)
  const reply = await elsewhere.emitWithAck('message:send', {
    roomId,
    clientMsgId: randomUUID(),
    text: 'two',
  })
  expect(reply).toMatchObject({ ok: false, error: { code: 'SLOW_MODE' } })
  if (!reply.ok) expect(reply.error.retryAfterMs).toBeGreaterThan(3_000_000)
  await say(sockets.alice, 'whoever keeps the room is free of it')
})
