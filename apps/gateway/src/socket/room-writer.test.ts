import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { userChannel, type Event, type RoomEvents } from '@parley/message-schema'
import { Server } from 'socket.io'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createRoomWriter } from './room-writer.ts'
import { roomChannel, type ChatServer, type ChatSocket } from './socket-types.ts'

const roomId = '01900000-0000-7000-8000-000000000001'
const said = (seq: number, text = `m${seq}`): Event => ({
  seq,
  type: 'message:created',
  ts: '2026-11-21T10:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  msgNo: seq,
  data: { type: 'text', text },
})
const factOf = (seq: number, text?: string): RoomEvents => ({
  roomId,
  head: seq,
  events: [said(seq, text)],
})

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function begin() {
  const http = createServer()
  const io: ChatServer = new Server(http, { serveClient: false })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  closing.push(() => io.close())
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/socket.io/?EIO=4`
  const joined = async (userId = 'bob'): Promise<ChatSocket> => {
    const [socket] = (await once(io, 'connection')) as [ChatSocket]
    await socket.join([roomChannel(roomId), userChannel(userId)])
    return socket
  }
  return { io, url, joined, write: createRoomWriter(io) }
}

/** Every packet of the main namespace that comes by a WebSocket, after the handshake. */
async function connectWebSocket(url: string) {
  const ws = new WebSocket(`${url.replace('http', 'ws')}&transport=websocket`)
  closing.push(() => ws.terminate())
  const packets: unknown[] = []
  ws.on('message', (data: Buffer) => {
    const text = data.toString()
    if (text.startsWith('0')) ws.send('40')
    if (text.startsWith('42')) packets.push(JSON.parse(text.slice(2)))
  })
  await once(ws, 'open')
  return { ws, packets }
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

test.each([0, 1, 100, 126, 65_000, 66_000])(
  'a packet of %i characters arrives whole',
  async (length) => {
    const { url, joined, write } = await begin()
    const [{ packets }] = await Promise.all([connectWebSocket(url), joined()])
    const fact = factOf(1, 'ä'.repeat(length))
    write(roomId, fact, [])
    await until(() => packets.length > 0)
    expect(packets).toEqual([['room:events', fact]])
  },
)

test('its order among everything else that the socket is sent is the order of the calls', async () => {
  const { url, joined, write } = await begin()
  const [{ packets }, socket] = await Promise.all([connectWebSocket(url), joined()])
  const sent: unknown[] = []
  for (let n = 1; n <= 3_000; n += 1) {
    if (n % 3 === 0) {
      socket.emit('room:heads', { [roomId]: n })
      sent.push(['room:heads', { [roomId]: n }])
    } else {
      // Some larger than what a socket takes at once.
      const fact = factOf(n, 'x'.repeat(n % 50 === 0 ? 100_000 : 10))
      write(roomId, fact, [])
      sent.push(['room:events', fact])
    }
    if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await until(() => packets.length === sent.length)
  expect(packets).toEqual(sent)
})

test('what waits in Engine.IO goes first', async () => {
  const { url, joined, write } = await begin()
  const [{ packets }, socket] = await Promise.all([connectWebSocket(url), joined()])
  const { transport } = socket.conn
  transport.writable = false
  socket.emit('room:heads', { [roomId]: 1 })
  write(roomId, factOf(2), [])
  transport.writable = true
  transport.emit('ready')
  await until(() => packets.length === 2)
  expect(packets).toEqual([
    ['room:heads', { [roomId]: 1 }],
    ['room:events', factOf(2)],
  ])
})

test('who polls is sent the same', async () => {
  const { url, joined, write } = await begin()
  const poll = `${url}&transport=polling`
  const opened = (await (await fetch(poll)).text()).slice(1)
  const { sid } = JSON.parse(opened) as { sid: string }
  const coming = joined()
  await fetch(`${poll}&sid=${sid}`, { method: 'POST', body: '40' })
  await coming
  await (await fetch(`${poll}&sid=${sid}`)).text()
  write(roomId, factOf(1), [])
  write(roomId, factOf(2), [])
  const text = await (await fetch(`${poll}&sid=${sid}`)).text()
  expect(text.split('\u001E').map((packet) => JSON.parse(packet.slice(2)))).toEqual([
    ['room:events', factOf(1)],
    ['room:events', factOf(2)],
  ])
})

test('not to those who are left out, nor to who has left or is elsewhere', async () => {
  const { io, url, joined, write } = await begin()
  const [ada] = await Promise.all([connectWebSocket(url), joined('ada')])
  const [bob, bobs] = await Promise.all([connectWebSocket(url), joined('bob')])
  write(roomId, factOf(1), ['ada', 'nobody'])
  await bobs.leave(roomChannel(roomId))
  write(roomId, factOf(2), [])
  write('another room', factOf(3), [])
  io.emit('server:drain', { afterMs: 1 })
  await until(() => ada.packets.length === 2 && bob.packets.length === 2)
  expect(ada.packets[0]).toEqual(['room:events', factOf(2)])
  expect(bob.packets[0]).toEqual(['room:events', factOf(1)])
})

test('who is gone is written to no more', async () => {
  const { url, joined, write } = await begin()
  const [{ ws }, socket] = await Promise.all([connectWebSocket(url), joined()])
  const gone = once(socket, 'disconnect')
  ws.terminate()
  for (let n = 0; n < 100; n += 1) write(roomId, factOf(n), [])
  await gone
  write(roomId, factOf(101), [])
})
