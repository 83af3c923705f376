import { createServer } from 'node:http'
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { createPool } from 'mariadb'
import { Server } from 'socket.io'

// One node of a cluster as the documentation of Socket.IO and its adapters sets it up, with their own
// settings but for the client's script, which nobody asks for. With a database it is the chat server that
// one writes first: a message is stored, then broadcast, then acknowledged.
const [port = '', redisUrl = '', adapter = ''] = process.argv.slice(2)
const { DATABASE_URL } = process.env

// As many as Parley's API has for its log.
const CONNECTIONS = 16
const INSERT = 'INSERT INTO message (room_id, user_id, text, sent_at) VALUES (?, ?, ?, NOW(3))'

const publisher = new Redis(redisUrl)
const subscriber = publisher.duplicate()
for (const client of [publisher, subscriber]) client.on('error', () => undefined)
const pool =
  DATABASE_URL === undefined
    ? undefined
    : createPool(`${DATABASE_URL}?connectionLimit=${CONNECTIONS}&allowPublicKeyRetrieval=true`)

const http = createServer((_request, response) => {
  response.writeHead(subscriber.status === 'ready' ? 200 : 503).end()
})
const io = new Server(http, {
  serveClient: false,
  adapter:
    adapter === 'sharded'
      ? createShardedAdapter(publisher, subscriber, { subscriptionMode: 'dynamic' })
      : createAdapter(publisher, subscriber),
})

io.on('connection', (socket) => {
  const userId = String(socket.handshake.query['user'])
  socket.on('join', async (rooms: string[], done: () => void) => {
    await socket.join(rooms)
    // A room's own channel is subscribed before this is answered. So nothing is missed after the ack.
    if (adapter === 'sharded') await subscriber.ping()
    done()
  })
  socket.on('send', async (room: string, text: string, done: (refusal?: string) => void) => {
    try {
      if (pool !== undefined) await pool.execute(INSERT, [room, userId, text])
    } catch (error) {
      done(String(error))
      return
    }
    io.to(room).emit('message', room, text)
    done()
  })
})

process.on('SIGTERM', () => {
  void io.close().finally(() => process.exit(0))
})
http.listen(Number(port), '127.0.0.1')
