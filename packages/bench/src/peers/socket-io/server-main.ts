import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'

// One node of a cluster as the documentation of Socket.IO and its adapter sets it up, with their own
// settings throughout. All that it does is join and broadcast.
const [port = '', redisUrl = ''] = process.argv.slice(2)

const publisher = new Redis(redisUrl)
const subscriber = publisher.duplicate()
for (const client of [publisher, subscriber]) client.on('error', () => undefined)

const http = createServer((_request, response) => {
  const isReady = subscriber.status === 'ready'
  // What the balancer asks; Redis being away later is no reason to send clients elsewhere.
  response.writeHead(wasReady || isReady ? 200 : 503).end()
  wasReady ||= isReady
})
let wasReady = false
const io = new Server(http, { adapter: createAdapter(publisher, subscriber) })

io.on('connection', (socket) => {
  socket.on('join', (rooms: string[], done: () => void) => {
    void Promise.resolve(socket.join(rooms)).then(done)
  })
  socket.on('send', (room: string, text: string, done: () => void) => {
    io.to(room).emit('message', text)
    done()
  })
})

process.on('SIGTERM', () => {
  void io.close().finally(() => process.exit(0))
})
http.listen(Number(port), '127.0.0.1')
