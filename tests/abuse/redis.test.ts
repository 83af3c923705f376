import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startNeighbours, type Neighbours } from './neighbour.ts'
import {
  cluster,
  connect,
  expectAllAlive,
  expectNoSecretsLogged,
  newPerson,
  newRoom,
  type Person,
} from './stage.ts'

let redis: Redis
let neighbours: readonly Neighbours[]
let victim: Person
let room: string
beforeAll(async () => {
  redis = new Redis(cluster.redisUrl)
  neighbours = [await startNeighbours(0), await startNeighbours(1)]
  victim = newPerson()
  room = await newRoom(victim)
})
afterAll(async () => {
  await redis.quit()
})

const garbage: readonly (string | Buffer)[] = [
  '',
  'null',
  '7',
  '"text"',
  '[]',
  '{',
  '{}',
  '[null,null,null]',
  '{"type":99}',
  `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`,
  '['.repeat(100_000),
  'x'.repeat(5_000_000),
  Buffer.from([0xc1]),
  Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]),
  Buffer.from([0x93, 0xc0, 0xc0, 0xc0]),
  Buffer.from([0x93, 0xa1, 0x78, 0x81, 0xa4, 0x74, 0x79, 0x70, 0x65, 0x02, 0xc0]),
  randomBytes(1_000),
]
const oddRooms = ['', '#', '##', '{}', 'a\r\nb', '__proto__', 'x'.repeat(20), 'u:', 'r:', '7', '*']

async function publishAll(channels: readonly string[], messages = garbage): Promise<void> {
  for (const channel of channels) {
    for (const message of messages) await redis.publish(channel, message)
  }
}

/** They have read everything that was published: what is published later has arrived. */
async function expectUnimpressed(): Promise<void> {
  const socket = await connect(victim)
  const moved = new Promise((resolve) => {
    socket.once('read:moved', resolve)
  })
  await expectAllAlive()
  await fetch(`${cluster.api}/v1/rooms/${room}/read`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${victim.token}`, 'content-type': 'application/json' },
    body: '{"upTo":1}',
  })
  await moved
  socket.disconnect()
  await sleep(0)
  await expectAllAlive()
}

const ADAPTER = 'parley:io#/#'

describe('the channels of Socket.IO’s adapter', () => {
  test('garbage to everybody, to a user and to rooms of odd names takes no gateway down', async () => {
    const socket = await connect(victim)
    const rooms = [...oddRooms, `u:${victim.userId}`, `r:${room}`, socket.id ?? '']
    await publishAll([ADAPTER, ...rooms.map((name) => `${ADAPTER}${name}#`)])
    await expectUnimpressed()
    socket.disconnect()
  })

  test('requests and responses of a forged gateway are not heeded', async () => {
    const socket = await connect(victim)
    const gone: string[] = []
    socket.on('disconnect', (reason) => gone.push(reason))
    const told: unknown[] = []
    const listening = redis.duplicate()
    await listening.psubscribe('parley:io-response*')
    listening.on('pmessage', (_pattern, channel) => told.push(channel))
    const opts = { rooms: [], except: [] }
    const uid = 'abcdef'
    const requests = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((type) => [
      { type },
      { type, uid, requestId: 'a', sid: socket.id, room: `r:${room}`, close: true },
      { type, uid, requestId: 'b', opts, rooms: [`r:${room}`], close: true },
      { type, uid, requestId: 'c', opts, rooms: 7, data: null, packet: null },
      { type, uid, requestId: 'd', opts: { rooms: 7 }, data: ['event'], packet: { type: 2 } },
    ])
    const channels = ['parley:io-request#/#', 'parley:io-response#/#']
    await publishAll(channels)
    await publishAll(
      channels,
      requests.map((request) => JSON.stringify(request)),
    )
    await expectUnimpressed()
    expect(gone).toEqual([])
    expect(told.filter((channel) => channel !== 'parley:io-response#/#')).toEqual([])
    await listening.quit()
    socket.disconnect()
  })
})

test('news of users, signs and presence that cannot be read are left alone', async () => {
  const some = ['parley:users', 'parley:presence:all', `parley:presence:of:${victim.userId}`]
  const inRoom = [`parley:room:${room}`, `parley:signs:${room}`]
  await publishAll([...some, ...inRoom, ...oddRooms.map((name) => `parley:room:${name}`)])
  const users = [[''], ['x'.repeat(100_000)], [7], [null], Array.from({ length: 50_000 }, String)]
  for (const userIds of users) await redis.publish('parley:users', JSON.stringify({ userIds }))
  const signs = [
    { roomId: room, from: 'g1', typing: { userId: victim.userId, on: true } },
    { roomId: room, from: 'x', typing: { userId: 'nobody', on: true, threadId: -1 } },
    { roomId: room, from: 'x', read: { userId: 'nobody', readSeq: 2 ** 53 } },
    { roomId: randomUUID(), from: 'x', read: { userId: victim.userId, readSeq: 1 } },
  ]
  for (const sign of signs) await redis.publish(`parley:signs:${room}`, JSON.stringify(sign))
  await expectUnimpressed()
})

describe('news of a room', () => {
  const forged = (fromSeq: unknown, events: unknown, more: object = {}) =>
    JSON.stringify({ roomId: room, fromSeq, memberVersion: 1, events, ...more })

  test('whatever is not of its shape, or not of its channel, is dropped', async () => {
    const socket = await connect(victim)
    const heard: unknown[] = []
    socket.on('room:events', (fact) => heard.push(fact))
    await socket.emitWithAck('sync', { rooms: {} })
    const first = { roomId: room, clientMsgId: randomUUID(), text: 'first' }
    const reply = await socket.emitWithAck('message:send', first)
    const head = reply.ok ? reply.data.seq : 0
    await eventually(() => expect(heard.splice(0)).toHaveLength(1))
    const whole = {
      seq: head + 1,
      type: 'message:created',
      ts: new Date().toISOString(),
      actor: { id: victim.userId, kind: 'user' },
      data: { type: 'text', text: 'forged' },
    }
    const broken = [
      forged('2', []),
      forged(-1, [{ seq: -1 }]),
      forged(2 ** 60, [{ seq: 2 ** 60 }]),
      forged(head + 1, [{ seq: head + 2 }]),
      forged(head + 1, [null]),
      forged(head + 1, [7]),
      forged(head + 1, [{ seq: head + 1 }]),
      forged(head + 1, [{ seq: head + 1, type: 7, data: {} }]),
      forged(head + 1, [{ seq: head + 1, type: 'message:created' }]),
      forged(head + 1, [{ seq: head + 1, type: 'member:left', data: null }]),
      forged(head + 1, [{ seq: head + 1, type: 'member:left', data: {} }]),
      forged(head + 1, [{ seq: head + 1, type: 'member:joined', data: { userId: 7 } }]),
      forged(head + 1, [{ seq: head + 1, type: 'room:updated' }]),
      forged(head + 1, [{ ...whole, ts: undefined }]),
      forged(head + 1, [{ ...whole, ts: 'yesterday' }]),
      forged(head + 1, [{ ...whole, ts: 7 }]),
      forged(head + 1, [{ ...whole, actor: {} }]),
      forged(head + 1, [{ ...whole, data: { text: null } }]),
      forged(head + 1, [{ seq: head + 1, type: 'x', data: {} }], { roomId: randomUUID() }),
      forged(head + 1, [{ seq: head + 1, type: 'x', data: {} }], { memberVersion: 'x' }),
    ]
    for (const news of broken) await redis.publish(`parley:room:${room}`, news)
    await expectUnimpressed()
    expect(heard).toEqual([])
    // The room goes on where it was.
    const message = { roomId: room, clientMsgId: randomUUID(), text: 'still here' }
    expect(await socket.emitWithAck('message:send', message)).toMatchObject({ ok: true })
    await eventually(() =>
      expect(heard).toMatchObject([
        { events: [{ seq: head + 1, type: 'message:created', data: { text: 'still here' } }] },
      ]),
    )
    socket.disconnect()
  })

  test('a head that there is not is asked for, and never reached', async () => {
    const far = 2 ** 50
    const event = { seq: far, type: 'message:created', data: {} }
    await redis.publish(`parley:room:${room}`, forged(far, [event]))
    await expectUnimpressed()
  })
})

test('entries of presence that nobody of ours wrote are read as nothing', async () => {
  const owner = 'g9:forged'
  await redis.zadd('parley:presence:owners', Date.now() + 60_000, owner)
  const entries = garbage.filter((value) => value.length < 1_000_000)
  for (const entry of entries) {
    await redis.hset(`parley:presence:{${owner}}`, victim.userId, entry)
    const socket = await connect(victim)
    const reply = await socket.emitWithAck('presence:subscribe', { userIds: [victim.userId] })
    if (!reply.ok) expect(reply.error.code).toBe('RATE_LIMITED')
    socket.disconnect()
  }
  await redis.zrem('parley:presence:owners', owner)
  await redis.del(`parley:presence:{${owner}}`)
  // In place of a sorted set, something else: what Redis then refuses is nobody’s end.
  await redis.rename('parley:presence:owners', 'kept-aside')
  await redis.set('parley:presence:owners', 'a text', 'PX', 2_000)
  await expectUnimpressed()
  await redis.rename('kept-aside', 'parley:presence:owners')
})

test('the neighbours have noticed nothing of all that', async () => {
  for (const one of neighbours) await one.expectUnharmed()
  await expectAllAlive()
  expectNoSecretsLogged()
})
