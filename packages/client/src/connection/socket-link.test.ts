import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CommandPayload, SessionReady } from '@parley/message-schema'
import { Server, type Socket } from 'socket.io'
import { afterEach, expect, test } from 'vitest'
import { sendCommand } from '../messages/send-command.ts'
import type { Stored } from '../outbox/outbox-queue.ts'
import { createStore } from '../store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { Connection } from './connection.ts'
import { createGuaranteeMonitor } from './guarantee-monitor.ts'
import type { Link, LinkClosed } from './link.ts'
import { createSocketLink, type SocketLinkPorts } from './socket-link.ts'

const session: SessionReady = {
  sessionId: 's',
  userId: 'ada',
  serverTime: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T01:00:00.000Z',
  limits: {},
  headsIntervalMs: 5_000,
  epoch: 1,
  gateway: 'g1',
}
const cleanUps: (() => void)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

const listen = (http: HttpServer): Promise<string> =>
  new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
    })
  })

/** A gateway of a few lines. */
async function serve(
  connected: (socket: Socket) => void,
  options: ConstructorParameters<typeof Server>[1] & { refuse?: object } = {},
): Promise<string> {
  const http = createServer()
  const io = new Server(http, options)
  const { refuse } = options
  if (refuse !== undefined) {
    io.use((_, next) => next(Object.assign(new Error('refused'), { data: refuse })))
  }
  io.on('connection', connected)
  cleanUps.push(() => void io.close())
  return await listen(http)
}

class Told {
  readonly log: unknown[] = []
  readonly events = {
    ready: ({ gateway }: SessionReady) => this.note(['ready', gateway]),
    fact: (name: string, fact: unknown) => this.note([name, fact]),
    closed: (why: LinkClosed) => this.note(['closed', why]),
  }
  #wake: () => void = () => undefined

  note(entry: unknown): void {
    this.log.push(entry)
    this.#wake()
  }

  /** Resolves when so much was told. */
  async has(count: number): Promise<unknown[]> {
    while (this.log.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.log
  }
}

function open(url: string, ports: SocketLinkPorts = {}, token = 't') {
  const told = new Told()
  const link: Link = createSocketLink(ports)({ url, token, deviceId: 'd' }, told.events)
  cleanUps.push(() => link.close())
  return { told, link }
}

test('it shakes hands, is ready, hands facts on in their order, and asks', async () => {
  let auth: unknown
  const url = await serve((socket) => {
    auth = socket.handshake.auth
    socket.on('presence:set', (_, ack) => ack({ ok: true, data: {} }))
    socket.emit('room:removed', { roomId: 'before it was ready' })
    socket.emit('session:ready', session)
    for (const n of [1, 2]) socket.emit('room:heads', { r: n })
    socket.emit('unknown:fact', {})
    socket.emit('room:heads', { r: 3 })
  })
  const { told, link } = open(url)
  expect(told.log).toEqual([])
  expect(await told.has(4)).toEqual([
    ['ready', 'g1'],
    ['room:heads', { r: 1 }],
    ['room:heads', { r: 2 }],
    ['room:heads', { r: 3 }],
  ])
  expect(auth).toEqual({ token: 't', v: 1, deviceId: 'd' })
  expect(link.kind).toBe('websocket')
  expect(await link.request('presence:set', { idle: true })).toEqual({ ok: true, data: {} })
})

test('a drain that is told before the session is open is told after it', async () => {
  const url = await serve((socket) => {
    socket.emit('server:drain', { afterMs: 5 })
    socket.emit('session:ready', session)
  })
  const { told } = open(url)
  expect(await told.has(2)).toEqual([
    ['ready', 'g1'],
    ['server:drain', { afterMs: 5 }],
  ])
})

test('polling does it where WebSocket is refused, and says so', async () => {
  const url = await serve((socket) => void socket.emit('session:ready', session), {
    transports: ['polling'],
  })
  const { told, link } = open(url)
  await told.has(1)
  expect(link.kind).toBe('polling')
})

test('where WebSocket hangs, the next link begins with polling', async () => {
  const http = createServer()
  const io = new Server({ transports: ['polling'] })
  io.on('connection', (socket) => void socket.emit('session:ready', session))
  io.attach(http)
  http.removeAllListeners('upgrade')
  // Takes the request, and never answers it.
  http.on('upgrade', (_, socket) => cleanUps.push(() => socket.destroy()))
  cleanUps.push(() => void io.close())
  const url = await listen(http)
  const openLink = createSocketLink({ connectTimeoutMs: 200 })
  const [first, second] = [new Told(), new Told()]
  openLink({ url, token: 't', deviceId: 'd' }, first.events)
  expect(await first.has(1)).toEqual([['closed', { cause: 'transport', wasReady: false }]])
  const link = openLink({ url, token: 't', deviceId: 'd' }, second.events)
  cleanUps.push(() => link.close())
  expect(await second.has(1)).toEqual([['ready', 'g1']])
  expect(link.kind).toBe('polling')
})

test('a refusal of the handshake is told with its error', async () => {
  const refuse = { code: 'AUTH_EXPIRED', message: 'old', retryable: true, requestId: 'r' }
  const { told } = open(await serve(() => undefined, { refuse }))
  expect(await told.has(1)).toEqual([['closed', { cause: 'refused', error: refuse }]])
})

test('nobody there, and somebody who says nothing of the session, is the transport', async () => {
  const nobody = open('http://127.0.0.1:1')
  expect(await nobody.told.has(1)).toEqual([['closed', { cause: 'transport', wasReady: false }]])
  const silent = open(await serve(() => undefined), { readyTimeoutMs: 100 })
  expect(await silent.told.has(1)).toEqual([['closed', { cause: 'transport', wasReady: false }]])
})

test('why the server ends a session is told, once, and nothing after it', async () => {
  const end = { code: 'AUTH_REVOKED', reconnect: false, message: '' } as const
  const gone = new Promise<void>((resolve, reject) => {
    serve((socket) => {
      socket.on('disconnect', () => resolve())
      socket.emit('session:ready', session)
      socket.emit('session:end', end)
      socket.emit('room:heads', { r: 1 })
      socket.disconnect(true)
    }).then((url) => told.push(open(url).told), reject)
  })
  const told: Told[] = []
  await gone
  expect(await told[0]?.has(2)).toEqual([
    ['ready', 'g1'],
    ['closed', { cause: 'ended', end }],
  ])
})

test('a cut is told, and what was not answered is unknown', async () => {
  const url = await serve((socket) => {
    socket.emit('session:ready', session)
    socket.on('presence:set', () => socket.conn.close())
  })
  const { told, link } = open(url)
  await told.has(1)
  await expect(link.request('presence:set', { idle: true })).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
  })
  expect(await told.has(2)).toContainEqual(['closed', { cause: 'transport', wasReady: true }])
  await expect(link.request('presence:set', { idle: true })).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
  })
})

test('no answer in time is an unknown outcome, and the link goes on', async () => {
  const url = await serve((socket) => {
    socket.emit('session:ready', session)
    socket.on('presence:subscribe', (_, ack) => ack({ ok: true, data: { states: {} } }))
  })
  const { told, link } = open(url)
  await told.has(1)
  await expect(link.request('presence:set', { idle: true }, 30)).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
    isRetryable: true,
  })
  expect(await link.request('presence:subscribe', { userIds: [] })).toMatchObject({ ok: true })
})

test('closed by us it says nothing more, however often', async () => {
  let left: (reason: string) => void
  const gone = new Promise<string>((resolve) => {
    left = resolve
  })
  const url = await serve((socket) => {
    socket.on('disconnect', (reason) => left(reason))
    socket.emit('session:ready', session)
  })
  const { told, link } = open(url)
  await told.has(1)
  const open1 = link.request('presence:set', { idle: true })
  link.close()
  link.close()
  await expect(open1).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  expect(await gone).toBe('client namespace disconnect')
  expect(told.log).toEqual([['ready', 'g1']])

  const early = open(url)
  early.link.close()
  await expect(early.link.request('presence:set', { idle: true })).rejects.toThrow()
  expect(early.told.log).toEqual([])
})

test('two links never share a connection', async () => {
  const ids = new Set<string>()
  const url = await serve((socket) => {
    ids.add(socket.conn.transport.sid ?? socket.id)
    socket.emit('session:ready', session)
  })
  const [a, b] = [open(url), open(url)]
  await Promise.all([a.told.has(1), b.told.has(1)])
  expect(ids.size).toBe(2)
  a.link.close()
  expect(b.told.log).toHaveLength(1)
})

test('the monitor sees what comes, and answers that came too late for who had asked', async () => {
  const clock = createFakeClock()
  const monitor = createGuaranteeMonitor({ startTimer: clock.startTimer })
  const event = (seq: number) => ({ roomId: 'r', head: seq, events: [{ seq }] })
  const url = await serve((socket) => {
    socket.emit('session:ready', session)
    socket.emit('room:events', event(1))
    socket.on('sync', (_, ack) => {
      // So late that nobody waits any more; the stream goes on from there all the same.
      socket.on('presence:set', () => {
        ack({ ok: true, data: { rooms: { r: { from: 1, to: 9, head: 9, events: [] } }, epoch: 1 } })
        socket.emit('room:events', event(10))
        socket.emit('room:events', event(12))
      })
    })
  })
  const { told, link } = open(url, { monitor })
  await told.has(2)
  await expect(link.request('sync', { rooms: { r: 1 } }, 20)).rejects.toThrow()
  link.request('presence:set', { idle: true }).catch(() => undefined)
  await told.has(4)
  expect(monitor.guarantees.current).toEqual({ events: 3, gaps: 1, doubles: 0, regressions: 0 })
})

test('what is no JSON is refused for good, and the link goes on', async () => {
  const url = await serve((socket) => {
    socket.on('presence:set', (_, ack) => ack({ ok: true, data: {} }))
    socket.emit('session:ready', session)
  })
  const { told, link } = open(url)
  await told.has(1)
  const wrong = link.request('presence:set', { idle: 1n as unknown as boolean })
  await expect(wrong).rejects.toMatchObject({ code: 'INVALID', isRetryable: false })
  expect(await link.request('presence:set', { idle: true })).toEqual({ ok: true, data: {} })
  expect(told.log).toHaveLength(1)
})

test('the largest message that is sent fits into a packet', async () => {
  const packetBytes = 256 * 1024
  let heard = 0
  const url = await serve(
    (socket) => {
      socket.on('message:send', ({ text }, ack) => {
        heard += 1
        ack({ ok: true, data: { seq: text.length } })
      })
      socket.emit('session:ready', session)
    },
    { maxHttpBufferSize: packetBytes },
  )
  const { told, link } = open(url)
  await told.has(1)
  const connection = {
    session: createStore(session),
    request: async (name: 'message:send', payload: CommandPayload<'message:send'>) => {
      const reply = await link.request(name, payload)
      return reply.ok && reply.data
    },
  } as unknown as Connection
  const say = (length: number) =>
    sendCommand(connection, 'r', { kind: 'send', draft: { text: 'x'.repeat(length) } }, 'id')
  let length = packetBytes - 1_000
  const largest = async (): Promise<Stored> => {
    for (;;) {
      try {
        return await say(length)
      } catch {
        length -= 1
      }
    }
  }
  expect((await largest()).seq).toBe(length)
  expect(packetBytes - length).toBeLessThan(2_000)
  expect(heard).toBe(1)
  expect(told.log).toHaveLength(1)
})
