import { execFile } from 'node:child_process'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Event } from '@parley/message-schema'
import {
  eventually,
  startTestCluster,
  type TestCluster,
  type TestSocket,
  type TestUser,
} from '@parley/testkit'
import { Emitter } from '@socket.io/redis-emitter'
import { EventSource } from 'eventsource'
import { Redis } from 'ioredis'
import Pusher from 'pusher'
import { afterAll, beforeAll, expect, test } from 'vitest'

const APP = { appId: 'shop', key: 'key-of-the-shop', secret: 'secret-of-the-shop' }
const CHANNEL = 'private-orders'

let cluster: TestCluster
let pusher: Pusher
let redis: Redis
beforeAll(async () => {
  cluster = await startTestCluster({
    gateways: 2,
    apis: 2,
    env: { api: { PUSHER_APPS: `${APP.appId}:${APP.key}:${APP.secret}` } },
  })
  const { hostname, port } = new URL(cluster.url)
  pusher = new Pusher({ ...APP, host: hostname, port, useTLS: false })
  redis = new Redis(cluster.info().redis.url)
})
afterAll(async () => {
  redis.disconnect()
  await cluster.stop()
})

/** As a page that came from Pusher: its site signs, and it shows the signature here. */
async function subscribe(user: TestUser): Promise<{ roomId: string; head: number }> {
  const path = '/v1/pusher'
  const { socketId } = (await cluster.rest('GET', `${path}/socket-id`, { user })) as {
    socketId: string
  }
  const body = { socketId, ...pusher.authorizeChannel(socketId, CHANNEL) }
  const to = `${path}/${APP.key}/channels/${CHANNEL}/subscribe`
  return (await cluster.rest('POST', to, { user, body })) as { roomId: string; head: number }
}

/** No library: what a script in PHP does. */
async function publishPlainly(data: object): Promise<void> {
  const body = JSON.stringify({ name: 'order', channel: CHANNEL, data: JSON.stringify(data) })
  const path = `/apps/${APP.appId}/events`
  const query = [
    `auth_key=${APP.key}`,
    `auth_timestamp=${Math.floor(Date.now() / 1_000)}`,
    'auth_version=1.0',
    `body_md5=${createHash('md5').update(body).digest('hex')}`,
  ].join('&')
  const signature = createHmac('sha256', APP.secret).update(`POST\n${path}\n${query}`).digest('hex')
  const url = `${cluster.url}${path}?${query}&auth_signature=${signature}`
  const answer = await fetch(url, { method: 'POST', body })
  expect(answer.status, await answer.text()).toBe(200)
}

interface Told {
  readonly seq: number
  readonly n: unknown
}

/** Of one reader, in the order in which it was handed them. */
const toTold = ({ seq, type, data }: Event): Told[] => {
  if (type !== 'message:created' || !('payload' in data)) return []
  return [{ seq, n: (data.payload?.['data'] as { n?: unknown } | undefined)?.n }]
}

function listenBySocket(socket: TestSocket, roomId: string): Told[] {
  const told: Told[] = []
  socket.on('room:events', (fact) => {
    if (fact.roomId === roomId) told.push(...fact.events.flatMap(toTold))
  })
  return told
}

async function listenByStream(user: TestUser, roomId: string) {
  const told: Told[] = []
  const ids: string[] = []
  const path = `/v1/rooms/${roomId}/stream/link`
  const { url } = (await cluster.rest('POST', path, { user })) as { url: string }
  const source = new EventSource(cluster.url + url)
  source.addEventListener('message:created', ({ data, lastEventId }) => {
    told.push(...toTold(JSON.parse(data) as Event))
    ids.push(lastEventId)
  })
  await new Promise((resolve) => {
    source.addEventListener('stream:begun', resolve)
  })
  return { told, ids, close: () => source.close() }
}

async function readByCurl(user: TestUser, roomId: string): Promise<Told[]> {
  const { stdout } = await promisify(execFile)('curl', [
    '--silent',
    '--compressed',
    '--header',
    `Authorization: Bearer ${user.token}`,
    `${cluster.url}/v1/rooms/${roomId}/events?limit=500`,
  ])
  return (JSON.parse(stdout) as { data: Event[] }).data.flatMap(toTold)
}

test('whoever publishes and whoever reads by whatever way, the seq and the order are the same', async () => {
  const users = await Promise.all([1, 2, 3, 4].map(() => cluster.register()))
  const [alice, bob, carol, dave] = users as [TestUser, TestUser, TestUser, TestUser]
  const { roomId } = await subscribe(alice)
  for (const user of [bob, carol, dave]) expect((await subscribe(user)).roomId).toBe(roomId)
  const sockets = [
    await cluster.connect(alice, { gateway: 'g1' }),
    await cluster.connect(bob, { gateway: 'g2', transports: ['polling'] }),
  ]
  const bySocket = sockets.map((socket) => listenBySocket(socket, roomId))
  for (const socket of sockets) await socket.emitWithAck('sync', {})
  const byStream = await listenByStream(carol, roomId)

  const count = 12
  const sending: Promise<unknown>[] = []
  for (let n = 0; n < count; n += 3) {
    sending.push(pusher.trigger(CHANNEL, 'order', { n }))
    const [name, data] = ['order', { n: n + 1 }]
    sending.push(pusher.triggerBatch([{ channel: CHANNEL, name, data }]))
    sending.push(publishPlainly({ n: n + 2 }))
  }
  await Promise.all(sending)

  await eventually(() => expect(byStream.told).toHaveLength(count))
  await eventually(() => bySocket.forEach((told) => expect(told).toHaveLength(count)))
  const byCurl = await readByCurl(dave, roomId)
  expect(byCurl.map(({ n }) => n).toSorted((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: count }, (_, n) => n),
  )
  expect(byCurl.map(({ seq }) => seq)).toEqual(
    Array.from({ length: count }, (_, at) => (byCurl[0]?.seq ?? 0) + at),
  )
  expect(byStream.told).toEqual(byCurl)
  expect(byStream.ids).toEqual(byCurl.map(({ seq }) => `${roomId}:${seq}`))
  for (const told of bySocket) expect(told).toEqual(byCurl)

  const { channels } = (await (
    await pusher.get({ path: '/channels', params: { filter_by_prefix: 'private-' } })
  ).json()) as { channels: object }
  expect(channels).toEqual({ [CHANNEL]: {} })
  byStream.close()
}, 60_000)

/** The replicas that have a stream open. */
async function apisWithStreams(): Promise<string[]> {
  const found = await Promise.all(
    cluster.info().apis.map(async ({ name, url }) => {
      const text = await (await fetch(`${url}/metrics`)).text()
      return /^parley_event_streams(\{[^}]*\})? [1-9]/mu.test(text) ? [name] : []
    }),
  )
  return found.flat()
}

test('a stream that was cut goes on behind the balancer where it was', async () => {
  const user = await cluster.register()
  const roomId = await cluster.createRoom([user])
  const socket = await cluster.connect(user)
  const { url } = (await cluster.rest('POST', `/v1/rooms/${roomId}/stream/link`, {
    user,
  })) as { url: string }
  const seqs: number[] = []
  const source = new EventSource(cluster.url + url)
  source.addEventListener('message:created', ({ data }) => {
    seqs.push((JSON.parse(data) as Event).seq)
  })
  let begun = 0
  source.addEventListener('stream:begun', () => void (begun += 1))
  await eventually(() => expect(begun).toBe(1))
  const sent: number[] = []
  const say = async () => {
    const reply = await cluster.send(socket, roomId, randomBytes(4).toString('hex'))
    if (reply.ok) sent.push(reply.data.seq)
  }
  await say()
  await eventually(() => expect(seqs).toEqual(sent))
  // A stream of another test may not have been seen to end yet: none but this one is to be cut.
  const holder = await eventually(
    async () => {
      const holders = await apisWithStreams()
      expect(holders).toHaveLength(1)
      return holders[0] ?? ''
    },
    { timeoutMs: 20_000 },
  )
  await cluster.stopProcess(holder)
  await say()
  await cluster.start(holder)
  await say()
  await eventually(() => expect(seqs).toEqual(sent), { timeoutMs: 30_000 })
  expect(begun).toBeGreaterThan(1)
  source.close()
}, 90_000)

test('an event by Redis reaches the sockets of a room, without a seq, and cannot pose as one', async () => {
  const [member, stranger] = [await cluster.register(), await cluster.register()]
  const roomId = await cluster.createRoom([member])
  const heard: unknown[] = []
  const sockets = [
    await cluster.connect(member, { gateway: 'g1' }),
    await cluster.connect(member, { gateway: 'g2' }),
    await cluster.connect(stranger, { gateway: 'g1' }),
  ]
  for (const [at, socket] of sockets.entries()) {
    await socket.emitWithAck('sync', {})
    socket.onAny((name: string, fact: unknown) => {
      if (['order:paid', 'room:events', 'session:end'].includes(name)) heard.push([at, name, fact])
    })
  }
  const emitter = new Emitter(redis, { key: 'parley:io' })
  emitter.to(roomId).emit('room:events', { roomId, head: 9, events: [{ seq: 9 }] })
  emitter.to(`u:${member.userId}`).emit('session:end', { code: 'DRAINING' })
  emitter.to(roomId).emit('order:paid', { id: 7 })
  await eventually(() => expect(heard).toHaveLength(2))
  expect(heard.toSorted()).toEqual([
    [0, 'order:paid', { id: 7 }],
    [1, 'order:paid', { id: 7 }],
  ])
  const { head } = (
    (await cluster.rest('GET', `/v1/rooms/${roomId}`, { user: member })) as {
      room: { head: number }
    }
  ).room
  expect(head).toBe(2)
})
