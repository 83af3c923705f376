import { randomUUID } from 'node:crypto'
import type { Message } from '@parley/message-schema'
import { startTestCluster, type TestCluster, type TestUser } from '@parley/testkit'
import jwt from 'jsonwebtoken'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SECRET = 'a shared secret of the shop and us'
const HOST = { HOST_JWT_SECRET: SECRET, HOST_JWT_ISSUER: 'shop.example' }

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ gateways: 2, apis: 1, env: { api: HOST, gateway: HOST } })
})
afterAll(() => cluster.stop())

/** Sends before anything was heard of the server, on each gateway, and waits until it is closed. */
async function sendAtOnce(token: string, commands: readonly [string, object][]): Promise<void> {
  for (const { url } of cluster.info().gateways) {
    const socket = io(url, {
      auth: { token, v: 1 },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    })
    for (const [name, payload] of commands) {
      socket.emit(name, { clientMsgId: randomUUID(), ...payload }, () => undefined)
    }
    await new Promise<void>((resolve) => {
      socket.once('disconnect', () => resolve())
      socket.once('connect_error', () => resolve())
    })
    socket.close()
  }
}

async function readAll(reader: TestUser, roomId: string) {
  const path = `/v1/rooms/${roomId}`
  const { data } = (await cluster.rest('GET', `${path}/messages`, { user: reader })) as {
    data: Message[]
  }
  const { room } = (await cluster.rest('GET', path, { user: reader })) as { room: { head: number } }
  return { texts: data.map(({ text }) => text), head: room.head }
}

test('a sign-in that was ended writes nothing, however early it sends', async () => {
  const [alice, bob] = await Promise.all([cluster.register(), cluster.register()])
  const roomId = await cluster.createRoom([alice, bob])
  const socket = await cluster.connect(alice)
  const sent = await cluster.send(socket, roomId, 'mine')
  const seq = sent.ok ? sent.data.seq : 0
  const before = await readAll(alice, roomId)
  await cluster.rest('POST', '/v1/auth/logout', { user: bob })
  await sendAtOnce(bob.token, [
    ['message:send', { roomId, text: 'from beyond' }],
    ['reaction:set', { roomId, seq, key: '👻', on: true, clientMsgId: undefined }],
    ['message:delete', { roomId, seq }],
  ])
  expect(await readAll(alice, roomId)).toEqual(before)
})

test('a host application does not speak for an account of ours', async () => {
  const [alice, victim] = await Promise.all([cluster.register(), cluster.register()])
  const roomId = await cluster.createRoom([alice, victim])
  const before = await readAll(alice, roomId)
  const claims = { sub: victim.userId, iss: 'shop.example', aud: 'parley' }
  await sendAtOnce(jwt.sign(claims, SECRET, { expiresIn: 60 }), [
    ['message:send', { roomId, text: 'it was not me' }],
  ])
  expect(await readAll(alice, roomId)).toEqual(before)
})

test('what a good client sends before it is ready is done, in its order', async () => {
  const alice = await cluster.register()
  const roomId = await cluster.createRoom([alice])
  const socket = io(cluster.url, {
    auth: { token: alice.token, v: 1 },
    transports: ['websocket'],
    forceNew: true,
  })
  const texts = ['one', 'two', 'three']
  const replies = await Promise.all(
    texts.map((text) =>
      socket.emitWithAck('message:send', { roomId, clientMsgId: randomUUID(), text }),
    ),
  )
  expect(replies).toMatchObject(texts.map(() => ({ ok: true })))
  expect((await readAll(alice, roomId)).texts).toEqual(texts)
  socket.close()
})
