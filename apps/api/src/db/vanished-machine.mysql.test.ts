import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase } from '@parley/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { createRoomLog } from '../room-log/room-log.ts'
import { createWriterPool } from './connect.ts'
import { retryAdviceOf } from './database-errors.ts'
import { createLogStore } from './log/log-store.ts'

/** A way to the database whose client vanishes when it is about to say `word`: without FIN or RST. */
async function vanishAt(databaseUrl: string, word: string) {
  const { hostname, port } = new URL(databaseUrl)
  let isGone = false
  const vanishing = new EventEmitter()
  const vanished = once(vanishing, 'gone')
  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    client.on('data', (bytes) => {
      if (bytes.includes(word)) {
        isGone = true
        vanishing.emit('gone')
      }
      if (!isGone) server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (!isGone) client.write(bytes)
    })
    client.on('end', () => {
      if (!isGone) server.end()
    })
    for (const socket of [client, server]) {
      socket.on('error', () => undefined)
      onTestFinished(() => void socket.destroy())
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => void proxy.close())
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return { url: url.href, vanished }
}

function replicaAt(url: string) {
  const pool = createWriterPool(url, 4)
  const log = createRoomLog({
    store: createLogStore(pool, new FailPoints(false)),
    transactions: 2,
    retryAdviceOf,
    announce: () => undefined,
  })
  onTestFinished(() => pool.end())
  return log
}

test('the rooms that a machine had locked when it vanished are soon those of the others', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database[Symbol.asyncDispose]())
  const way = await vanishAt(database.url, 'last words')
  const [lost, other] = [replicaAt(way.url), replicaAt(database.url)]
  const roomId = randomUUID()
  const actor = { id: 'ada', kind: 'user' } as const
  await other.run({
    kind: 'room:create',
    actor,
    roomId,
    roomKind: 'room',
    name: 'a room',
    visibility: 'public',
    topic: null,
    history: 'all',
    memberIds: [],
  })
  const send = { kind: 'message:send', actor, roomId } as const
  // Its locks are answered, and what it writes then never arrives.
  void lost.submit({ ...send, clientMsgId: randomUUID(), text: 'last words' })
  await way.vanished
  const clientMsgId = randomUUID()
  const attempt = () =>
    other.run({ ...send, clientMsgId, text: 'of somebody else' }).then(
      ({ seq }) => seq,
      () => null,
    )
  expect(await attempt()).toBeNull()
  await expect.poll(attempt, { timeout: 60_000 }).toBeTypeOf('number')
}, 90_000)
