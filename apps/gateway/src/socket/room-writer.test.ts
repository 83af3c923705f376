import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { userChannel, type Event, type RoomEvents } from '@parley/message-schema'
import { Server } from 'socket.io'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { RoomPacket } from '../room-feed/room-packet.ts'
import { createRoomWriter } from './room-writer.ts'
import { toSessionSocket } from './session-socket.ts'
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
  const writeToRoom = createRoomWriter(io)
  const write = ({ roomId: to, events, head }: RoomEvents): void => {
    writeToRoom(new RoomPacket(to, events, head))
  }
  return { io, url, joined, write }
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
    write(fact)
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
      write(fact)
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
  write(factOf(2))
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
  write(factOf(1))
  write(factOf(2))
  const text = await (await fetch(`${poll}&sid=${sid}`)).text()
  expect(text.split('\u001E').map((packet) => JSON.parse(packet.slice(2)))).toEqual([
    ['room:events', factOf(1)],
    ['room:events', factOf(2)],
  ])
})

test('what one socket is told is in its order among packets of rooms and what is emitted', async () => {
  const { url, joined, write } = await begin()
  const [ada, adas] = await Promise.all([connectWebSocket(url), joined('ada')])
  const one = toSessionSocket(adas)
  one.emit('room:heads', { [roomId]: 1 })
  write(factOf(1))
  adas.emit('server:drain', { afterMs: 1 })
  one.emit('room:heads', { [roomId]: 2 })
  await until(() => ada.packets.length === 4)
  expect(ada.packets).toEqual([
    ['room:heads', { [roomId]: 1 }],
    ['room:events', factOf(1)],
    ['server:drain', { afterMs: 1 }],
    ['room:heads', { [roomId]: 2 }],
  ])
  adas.disconnect(true)
  expect(() => one.emit('room:heads', { [roomId]: 3 })).not.toThrow()
})

test('not to who has left or is elsewhere', async () => {
  const { io, url, joined, write } = await begin()
  const [ada] = await Promise.all([connectWebSocket(url), joined('ada')])
  const [bob, bobs] = await Promise.all([connectWebSocket(url), joined('bob')])
  write(factOf(1))
  await bobs.leave(roomChannel(roomId))
  write(factOf(2))
  write({ ...factOf(3), roomId: 'another room' })
  io.emit('server:drain', { afterMs: 1 })
  await until(() => ada.packets.length === 3 && bob.packets.length === 2)
  expect(ada.packets.slice(0, 2)).toEqual([
    ['room:events', factOf(1)],
    ['room:events', factOf(2)],
  ])
  expect(bob.packets[0]).toEqual(['room:events', factOf(1)])
})

test('a clientMsgId is shown to its author, on all their devices, and to nobody else', async () => {
  const { url, joined, write } = await begin()
  const [phone] = await Promise.all([connectWebSocket(url), joined('ada')])
  const [laptop] = await Promise.all([connectWebSocket(url), joined('ada')])
  const [eve, eves] = await Promise.all([connectWebSocket(url), joined('eve')])
  const [bob] = await Promise.all([connectWebSocket(url), joined('bob')])
  await eves.leave(roomChannel(roomId))
  await eves.join(roomChannel(roomId))
  const by = (seq: number, id: string, clientMsgId?: string): Event => ({
    ...said(seq),
    actor: { id, kind: 'user' },
    ...(clientMsgId !== undefined && { clientMsgId }),
  })
  write({
    roomId,
    head: 9,
    events: [by(1, 'ada', 'a1'), by(2, 'bob'), by(3, 'eve', 'e3'), by(4, 'kim', 'k4')],
  })
  const all = [phone, laptop, eve, bob]
  await until(() => all.every(({ packets }) => packets.length === 1))
  const shown = all.map(({ packets }) => {
    const [[, fact]] = packets as [[string, RoomEvents]]
    expect(fact).toMatchObject({ roomId, head: 9 })
    return fact.events.map(({ seq, clientMsgId }) => `${seq}${clientMsgId ?? ''}`).join(' ')
  })
  expect(shown).toEqual(['1a1 2 3 4', '1a1 2 3 4', '1 2 3e3 4', '1 2 3 4'])
})

test('who is gone is written to no more', async () => {
  const { url, joined, write } = await begin()
  const [{ ws }, socket] = await Promise.all([connectWebSocket(url), joined()])
  const gone = once(socket, 'disconnect')
  ws.terminate()
  for (let n = 0; n < 100; n += 1) write(factOf(n))
  await gone
  write(factOf(101))
})
