import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { io as connect } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { decides, limitConnects } from './limit-connects.ts'
import type { ChatServer } from './socket-types.ts'

let io: Server
let url: string
let asked: number
let decide: (next: (error?: Error) => void) => void

beforeEach(async () => {
  const http = createServer()
  io = new Server(http, { serveClient: false, maxHttpBufferSize: 256 * 1_024 })
  asked = 0
  decide = (next) => next(new Error('no'))
  const chat = io as unknown as ChatServer
  limitConnects(chat)
  chat.use(
    decides((_socket, next) => {
      asked += 1
      decide(next)
    }),
  )
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  url = `127.0.0.1:${(http.address() as AddressInfo).port}/socket.io/?EIO=4`
})
afterEach(() => io.close())

const closedFor = (): Promise<unknown> =>
  new Promise((resolve) => {
    io.engine.on('connection', (connection: { on: (name: string, listen: unknown) => void }) =>
      connection.on('close', resolve),
    )
  })

describe('a connection that asks to be let in again and again', () => {
  test('by polling: the rest of the request is not looked at', async () => {
    const closed = closedFor()
    const polling = `http://${url}&transport=polling`
    const opened = await (await fetch(polling)).text()
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
    const body = Array.from({ length: 80_000 }, () => '40').join('\u001E')
    await fetch(`${polling}&sid=${sid}`, { method: 'POST', body }).catch(() => undefined)
    await fetch(`${polling}&sid=${sid}`).catch(() => undefined)
    await closed
    expect(asked).toBeLessThanOrEqual(10)
  })

  test('by WebSocket: it is closed', async () => {
    const closed = closedFor()
    const socket = new WebSocket(`ws://${url}&transport=websocket`)
    await once(socket, 'message')
    for (let n = 0; n < 1_000; n += 1) socket.send('40')
    await closed
    socket.terminate()
    expect(asked).toBeLessThanOrEqual(10)
  })

  test('a few times is heard', async () => {
    const socket = new WebSocket(`ws://${url}&transport=websocket`)
    await once(socket, 'message')
    for (let n = 1; n <= 10; n += 1) {
      socket.send('40')
      const [refusal] = (await once(socket, 'message')) as [Buffer]
      expect(String(refusal)).toContain('no')
    }
    socket.terminate()
    expect(asked).toBe(10)
  })
})

describe('a connection that asks again before it was answered', () => {
  test('has one session, and is told once', async () => {
    const waiting: (() => void)[] = []
    decide = (next) => waiting.push(next)
    const socket = new WebSocket(`ws://${url}&transport=websocket`)
    await once(socket, 'message')
    const told: string[] = []
    socket.on('message', (data: Buffer) => told.push(String(data)))
    for (const connect of ['40', '40{"token":"later"}', '40/,', '42["hello"]']) socket.send(connect)
    // What is said before one is let in ends the connection, so all before it was read.
    await once(socket, 'close')
    expect(waiting).toHaveLength(1)

    const next = new WebSocket(`ws://${url}&transport=websocket`)
    await once(next, 'message')
    for (let n = 0; n < 3; n += 1) next.send('40')
    await vi.waitFor(() => expect(waiting).toHaveLength(2))
    const connected = once(io, 'connection')
    const answered = once(next, 'message')
    waiting[1]?.()
    const [[one], [answer]] = (await Promise.all([connected, answered])) as [[Socket], [Buffer]]
    expect(String(answer)).toBe(`40{"sid":"${one.id}"}`)
    expect(told).toEqual([])
    expect(io.of('/').sockets.size).toBe(1)
    next.terminate()
  })

  test('as the official client does that reconnects while it looks for its token', async () => {
    const letIn: (() => void)[] = []
    decide = (next) => letIn.push(next)
    io.on('connection', (socket) => socket.on('over', (answer: () => void) => answer()))
    const gives: ((auth: object) => void)[] = []
    const opened = once(io.engine, 'connection') as Promise<[{ close: () => void }]>
    const client = connect(`http://${url.replace(/\/.*/u, '')}`, {
      transports: ['websocket'],
      reconnectionDelay: 1,
      auth: (give) => gives.push(give),
    })
    const [first] = await opened
    await vi.waitFor(() => expect(gives).toHaveLength(1))
    first.close()
    await vi.waitFor(() => expect(gives).toHaveLength(2))
    const connected = new Promise<void>((resolve) => client.once('connect', resolve))
    for (const give of gives) give({})
    await vi.waitFor(() => expect(letIn).not.toHaveLength(0))
    for (const next of letIn) next()
    await connected
    const heard = vi.fn<() => void>()
    client.on('hello', heard)
    io.emit('hello')
    await new Promise((resolve) => client.emit('over', resolve))
    expect(heard).toHaveBeenCalledOnce()
    client.disconnect()
  })

  test('is heard for another namespace', async () => {
    decide = () => undefined
    io.of('/other')
    const socket = new WebSocket(`ws://${url}&transport=websocket`)
    await once(socket, 'message')
    socket.send('40')
    socket.send('40/other,')
    const [answer] = (await once(socket, 'message')) as [Buffer]
    expect(String(answer)).toContain('/other')
    socket.terminate()
  })
})
