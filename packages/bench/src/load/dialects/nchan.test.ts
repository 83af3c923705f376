import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nchan } from './nchan.ts'
import { openTalk } from './testing/open-talk.ts'

const posts: { readonly path: string; readonly body: string; readonly from: number | undefined }[] =
  []
let status = 201
const server = createServer((request: IncomingMessage, response) => {
  void text(request).then((body) => {
    posts.push({ path: request.url ?? '', body, from: request.socket.remotePort })
    response.writeHead(status, { 'content-length': 6 }).end('queued')
  })
})
beforeEach(async () => {
  posts.length = 0
  status = 201
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
})
const port = (): number => (server.address() as AddressInfo).port

test('subscribes by its URL', async () => {
  const plan = { port: 1, userId: 'bench-1', token: '' }
  const path = (rooms: string[]): string => nchan.upgrade({ ...plan, rooms }).path
  expect(path(['room-1', 'room-2'])).toBe('/sub/room-1,room-2')
  expect(path([])).toBe('/sub/none')
  const { readies } = openTalk(nchan)
  await vi.waitFor(() => expect(readies()).toBe(1))
})

test('posts what is sent, in order, on one connection of its own', async () => {
  const { talk } = openTalk(nchan, { port: port() })
  const sent = ['1 a', '2 b', '3 c'].map(
    (said) => new Promise<boolean>((done) => talk.send('room-1', said, done)),
  )
  expect(await Promise.all(sent)).toEqual([true, true, true])
  const bodies = ['1 a', '2 b', '3 c'].map((said) => `{"room":"room-1","text":"${said}"}`)
  expect(posts.map(({ body }) => body)).toEqual(bodies)
  expect(new Set(posts.map(({ path }) => path))).toEqual(new Set(['/pub/room-1']))
  expect(new Set(posts.map(({ from }) => from)).size).toBe(1)
})

test('a send is refused when the server refuses it, and when there is none', async () => {
  const { talk } = openTalk(nchan, { port: port() })
  const send = (): Promise<boolean> => new Promise((done) => talk.send('room-1', '1 a', done))
  status = 503
  expect(await send()).toBe(false)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  expect(await send()).toBe(false)
})

test('answers are found wherever they were cut, and one that cannot be read refuses what waits', async () => {
  const answer = 'HTTP/1.1 202 Accepted\r\nContent-Length: 6\r\n\r\nqueued'
  const answers = `${answer}HTTP/1.1 413 Too large\r\ncontent-length: 0\r\n\r\n${answer}`
  for (let cut = 0; cut <= answers.length; cut += 1) {
    const raw = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        socket.setNoDelay(true)
        socket.write(answers.slice(0, cut), () =>
          setImmediate(() => socket.write(`${answers.slice(cut)}HTTP/1.1 200 OK\r\n\r\n`)),
        )
      })
    })
    raw.listen(0, '127.0.0.1')
    await once(raw, 'listening')
    const { talk } = openTalk(nchan, { port: (raw.address() as AddressInfo).port })
    const sent = ['1', '2', '3', '4', '5'].map(
      (said) => new Promise<boolean>((done) => talk.send('room-1', said, done)),
    )
    expect(await Promise.all(sent)).toEqual([true, false, true, false, false])
    await new Promise((resolve) => raw.close(resolve))
  }
})

test('of several rooms, only the first one is recorded', () => {
  const frames = ['{"room":"room-1","text":"1 a"}', '{"room":"room-10","text":"1 b"}', '']
  const several = openTalk(nchan, { rooms: ['room-1', 'room-10'] })
  const single = openTalk(nchan)
  for (const frame of frames) {
    several.come(frame)
    single.come(frame)
  }
  expect(several.records).toEqual(frames.slice(0, 1))
  expect(single.records).toEqual(frames)
})

test('reads the text of a message, and nothing else', () => {
  expect(nchan.read(Buffer.from('{"room":"room-1","text":"1 a"}'))).toEqual({ texts: ['1 a'] })
  expect(() => nchan.read(Buffer.from('{"room":"room-1"}'))).toThrow()
  expect(() => nchan.read(Buffer.from('1 a'))).toThrow()
})
