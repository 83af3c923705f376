import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { serveAdminUi, type AdminUiSettings } from './admin-ui.ts'
import type { ChatServer } from './socket-types.ts'

/** Of `open sesame`, as cheap as bcrypt gets. */
const SETTINGS: AdminUiSettings = {
  username: 'operator',
  passwordHash: '$2a$04$robHXx6UebTo6P1n.u.6UuFG0vgQL1t.Enf2gxCbz1INELmQqcDi.',
}
const GOOD = { username: 'operator', password: 'open sesame' }

const opened: { readonly close: () => unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close()
})

async function serve(settings?: AdminUiSettings): Promise<{ io: Server; url: string }> {
  const http: HttpServer = createServer()
  const io = new Server(http, { serveClient: false })
  // As in a gateway: strangers do not come in.
  io.use((_socket, next) => next(new Error('AUTH_REQUIRED')))
  if (settings !== undefined) serveAdminUi(io as unknown as ChatServer, settings, 'g1')
  opened.push(io)
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve)
  })
  return { io, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

/** What the server says in the namespace, one packet after the other, until one of them is what is looked for. */
async function knock(url: string, namespace: string, auth: object, until = /./u): Promise<string> {
  const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`)
  opened.push(socket)
  const name = namespace === '/' ? '' : `${namespace},`
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      if (text.startsWith('0{')) socket.send(`40${name}${JSON.stringify(auth)}`)
      else if (until.test(text)) resolve(text)
    })
  })
}

const INVALID = '44/admin,{"message":"invalid credentials"}'
const STATS = /^42\/admin,\["server_stats"/u

test('it is not there unless it is asked for', async () => {
  const { url } = await serve()
  expect(await knock(url, '/admin', GOOD)).toBe('44/admin,{"message":"Invalid namespace"}')
})

test('with the password it shows the servers, and lets nobody do anything', async () => {
  const { io, url } = await serve(SETTINGS)
  const stats = (await knock(url, '/admin', GOOD, STATS)).replace(/^42\/admin,/u, '')
  expect((JSON.parse(stats) as unknown[])[1]).toMatchObject({
    serverId: 'g1',
    clientsCount: 1,
    pollingClientsCount: 0,
  })
  const [socket] = await io.of('/admin').fetchSockets()
  const names = io
    .of('/admin')
    .sockets.get(socket?.id ?? '')
    ?.eventNames()
  for (const name of ['emit', 'join', 'leave', '_disconnect']) expect(names).not.toContain(name)
})

test.each([
  ['a wrong password', { ...GOOD, password: 'open' }],
  ['a wrong name', { ...GOOD, username: 'root' }],
  ['no password', { username: 'operator' }],
  ['a password that is no text', { username: 'operator', password: { length: 3 } }],
  ['a password that is too long', { username: 'operator', password: 'x'.repeat(10_000) }],
  ['a made-up session', { sessionId: 'abcdef0123456789' }],
  ['nothing', {}],
])('%s is refused', async (_name, auth) => {
  const { url } = await serve(SETTINGS)
  expect(await knock(url, '/admin', auth)).toBe(INVALID)
})

test('guesses are counted, and those who do not know the name do not use them up', async () => {
  const { url } = await serve(SETTINGS)
  for (let n = 0; n < 8; n += 1) await knock(url, '/admin', { username: 'root', password: `${n}` })
  const words: string[] = []
  // A guess comes back every five seconds: on a slow machine it takes some more to use them up.
  while (words.length < 60 && words.at(-1)?.includes('too many') !== true) {
    const auth = { username: 'operator', password: `${words.length}` }
    words.push(await knock(url, '/admin', auth))
  }
  expect(words.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => INVALID))
  expect(words.at(-1)).toBe('44/admin,{"message":"too many attempts"}')
})

test('chat is let in no more easily, and its connections are not listened to', async () => {
  const { io, url } = await serve(SETTINGS)
  await knock(url, '/admin', GOOD, /^40\/admin,/u)
  expect(await knock(url, '/', GOOD)).toBe('44{"message":"AUTH_REQUIRED"}')
  const plain = await serve()
  const listeners = ({ engine }: Server): number => engine.listenerCount('connection')
  expect(listeners(io)).toBe(listeners(plain.io))
})
