import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket as NetSocket } from 'node:net'
import { Server } from 'socket.io'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { gatherPackets } from './gather-packets.ts'
import type { ChatServer, ChatSocket } from './socket-types.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const COUNT = 20
const asked = Array.from({ length: COUNT }, (_, n) => `42${n}["ask",${n}]`)
const answered = Array.from({ length: COUNT }, (_, n) => `43${n}[${n}]`)

/** Answers when the last was asked, all in one turn, as a batch is answered. */
function answerAll(socket: ChatSocket): void {
  const replies: (() => void)[] = []
  socket.onAny((_name: string, n: number, reply: (n: number) => void) => {
    replies.push(() => reply(n))
    if (replies.length === COUNT) for (const one of replies) one()
  })
}

async function begin() {
  const http = createServer()
  const server: ChatServer = new Server(http, { serveClient: false, perMessageDeflate: false })
  gatherPackets(server)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  closing.push(() => server.close())
  const connections: NetSocket[] = []
  http.on('connection', (connection) => connections.push(connection))
  const sockets: ChatSocket[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    answerAll(socket)
  })
  const url = `127.0.0.1:${(http.address() as AddressInfo).port}/socket.io/?EIO=4`
  return { url, connections, sockets }
}

async function connectWebSocket(url: string) {
  const ws = new WebSocket(`ws://${url}&transport=websocket`)
  closing.push(() => ws.terminate())
  const packets: string[] = []
  ws.on('message', (data: Buffer) => {
    const text = data.toString()
    if (text.startsWith('0')) ws.send('40')
    else packets.push(text)
  })
  const until = async (count: number): Promise<string[]> => {
    while (packets.length < count) await once(ws, 'message')
    return packets.slice(1)
  }
  // Socket.IO's own greeting.
  await until(1)
  return { ws, until }
}

/** How often something was handed to the system. */
function countWrites(connection: NetSocket): () => number {
  let writes = 0
  for (const name of ['_write', '_writev'] as const) {
    const write = connection[name]?.bind(connection) as (...args: unknown[]) => void
    Object.assign(connection, {
      [name]: (...args: unknown[]) => {
        writes += 1
        write(...args)
      },
    })
  }
  return () => writes
}

test('answers of one turn are all there, in their order, in a few writes', async () => {
  const { url, connections } = await begin()
  const { ws, until } = await connectWebSocket(url)
  const writes = countWrites(connections[0]!)
  for (const packet of asked) ws.send(packet)
  expect(await until(1 + COUNT)).toEqual(answered)
  // The first goes at once, the rest when it is out.
  expect(writes()).toBeLessThanOrEqual(3)
})

test('nothing is held back afterwards', async () => {
  const { url, connections, sockets } = await begin()
  const { ws, until } = await connectWebSocket(url)
  for (const packet of asked) ws.send(packet)
  await until(1 + COUNT)
  expect(connections[0]!.writableCorked).toBe(0)
  ;(sockets[0]!.emit as (name: string) => void)('later')
  expect((await until(2 + COUNT)).at(-1)).toBe('42["later"]')
})

test('a polling client is answered as before', async () => {
  const { url } = await begin()
  const poll = async (sid = '', body?: string): Promise<string> => {
    const answer = await fetch(`http://${url}&transport=polling${sid}`, {
      ...(body !== undefined && { method: 'POST', body }),
    })
    return answer.text()
  }
  const { sid } = JSON.parse((await poll()).slice(1)) as { sid: string }
  await poll(`&sid=${sid}`, '40')
  expect(await poll(`&sid=${sid}`)).toMatch(/^40/u)
  await poll(`&sid=${sid}`, asked.join('\u001e'))
  const answers: string[] = []
  while (answers.length < COUNT) answers.push(...(await poll(`&sid=${sid}`)).split('\u001e'))
  expect(answers).toEqual(answered)
})
