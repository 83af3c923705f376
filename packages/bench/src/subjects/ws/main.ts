import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { Redis } from 'ioredis'
import { WebSocketServer, type WebSocket } from 'ws'

// A server of rooms on ws and Redis that does nothing more than it must: a channel a room, and what comes
// from it is written as one frame, made once, to the socket of each member.
const [port = '', redisUrl = ''] = process.argv.slice(2)

interface Room {
  readonly sockets: Set<Socket>
  readonly subscribed: Promise<unknown>
}

const rooms = new Map<string, Room>()
const publisher = new Redis(redisUrl)
const subscriber = publisher.duplicate()
for (const client of [publisher, subscriber]) client.on('error', () => undefined)

subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) => {
  const room = rooms.get(channel.toString())
  if (room === undefined) return
  const frame = textFrame(message)
  for (const socket of room.sockets) socket.write(frame)
})

const http = createServer((_request, response) => {
  response.writeHead(subscriber.status === 'ready' ? 200 : 503).end()
})
const server = new WebSocketServer({
  server: http,
  perMessageDeflate: false,
  clientTracking: false,
})

server.on('connection', (client) => {
  const socket = socketOf(client)
  let own: readonly string[] = []
  client.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { join?: string[]; room?: string }
    if (message.room !== undefined) void publisher.publish(message.room, data)
    if (message.join === undefined) return
    own = message.join
    const joined = own.map((name) => join(name, socket))
    void Promise.all(joined).then(() => client.send('{"joined":true}'))
  })
  client.on('error', () => undefined)
  client.on('close', () => {
    for (const name of own) leave(name, socket)
  })
})

function join(name: string, socket: Socket): Promise<unknown> {
  const room = rooms.get(name) ?? { sockets: new Set(), subscribed: subscriber.subscribe(name) }
  rooms.set(name, room)
  room.sockets.add(socket)
  return room.subscribed
}

function leave(name: string, socket: Socket): void {
  const room = rooms.get(name)
  room?.sockets.delete(socket)
  if (room?.sockets.size !== 0) return
  rooms.delete(name)
  void subscriber.unsubscribe(name)
}

/** Below ws's own queue, which is empty: all that it writes itself is the answer to a join. */
function socketOf(client: WebSocket): Socket {
  return (client as unknown as { readonly _socket: Socket })._socket
}

/** Whole, of text, and not masked. */
function textFrame(payload: Buffer): Buffer {
  const { length } = payload
  if (length > 65_535) throw new Error('The message is too long.')
  const head = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), payload])
}

process.on('SIGTERM', () => process.exit(0))
http.listen(Number(port), '127.0.0.1')
