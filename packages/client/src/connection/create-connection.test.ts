import { expect, test } from 'vitest'
import { ChatError } from '../chat-error.ts'
import type { GetToken } from '../chat.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createScriptedLinks, type ScriptedLink } from '../testing/scripted-links.ts'
import { createConnection } from './create-connection.ts'
import type { NetworkChange } from './network.ts'

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

interface SetUp {
  readonly getToken?: GetToken
  readonly isOnline?: boolean
  readonly http?: boolean
  readonly wallMs?: number
}

function setUp({ getToken, isOnline = true, http = false, wallMs = 0 }: SetUp = {}) {
  const clock = createFakeClock()
  const sockets = createScriptedLinks('websocket')
  const https = createScriptedLinks('http')
  const stales: (string | null)[] = []
  const listeners = new Set<(change: NetworkChange) => void>()
  const connection = createConnection({
    url: 'https://chat.example',
    deviceId: 'd1',
    getToken: async (stale) => {
      stales.push(stale)
      return getToken === undefined ? `token ${stales.length}` : await getToken(stale)
    },
    links: { socket: sockets.open, ...(http && { http: https.open }) },
    network: {
      isOnline: () => isOnline,
      listen: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    startTimer: clock.startTimer,
    now: clock.now,
    wallNow: () => clock.now() + wallMs,
    random: () => 0.5,
  })
  const statuses: string[] = []
  connection.state.subscribe(() => {
    const { status } = connection.state.current
    if (statuses.at(-1) !== status) statuses.push(status)
  })
  const link = (index: number): ScriptedLink => {
    const found = sockets.links.at(index)
    if (found === undefined) throw new Error('no such link')
    return found
  }
  const live = async (): Promise<ScriptedLink> => {
    connection.connect()
    await settled()
    link(-1).ready()
    await settled()
    return link(-1)
  }
  const tell = (change: NetworkChange): void => {
    for (const listener of listeners) listener(change)
  }
  const { links } = sockets
  return {
    connection,
    clock,
    links,
    https: https.links,
    link,
    live,
    stales,
    statuses,
    tell,
    listeners,
  }
}

test('it is live once every callback of the new session has resolved', async () => {
  const { connection, link, statuses } = setUp()
  let finish = (): void => undefined
  const sessions: string[] = []
  connection.onSession(async ({ gateway }) => {
    sessions.push(gateway)
  })
  connection.onSession(
    () =>
      new Promise((resolve) => {
        finish = resolve
      }),
  )
  connection.connect()
  await settled()
  expect(link(0).options).toEqual({ url: 'https://chat.example', token: 'token 1', deviceId: 'd1' })
  link(0).ready()
  await settled()
  expect(connection.state.current).toMatchObject({
    status: 'catching-up',
    via: 'websocket',
    gateway: 'g1',
  })
  finish()
  await settled()
  expect(statuses).toEqual(['connecting', 'catching-up', 'live'])
  expect(sessions).toEqual(['g1'])
  expect(connection.session.current).toMatchObject({ gateway: 'g1', userId: 'ada' })
})

test('callbacks ask in the turn in which the session opened, and see that session', async () => {
  const { connection, link } = setUp()
  const seen: unknown[] = []
  connection.onSession(async () => {
    seen.push(connection.session.current?.gateway)
    await connection.request('sync', {})
  })
  connection.connect()
  await settled()
  link(0).ready()
  expect(link(0).asked).toMatchObject([{ name: 'sync' }])
  expect(seen).toEqual(['g1'])
})

test('a callback that rejects begins anew after a pause', async () => {
  const { connection, clock, link, links } = setUp()
  let fails = true
  connection.onSession(async () => {
    if (fails)
      throw new ChatError({
        code: 'SERVER_BUSY',
        message: '',
        retryable: true,
        retryAfterMs: 2_000,
      })
  })
  connection.connect()
  await settled()
  link(0).ready()
  await settled()
  expect(link(0).isClosed).toBe(true)
  expect(connection.state.current).toMatchObject({
    status: 'waiting',
    via: null,
    attempt: 1,
    retryAt: clock.now() + 2_200,
    error: { code: 'SERVER_BUSY' },
  })
  fails = false
  clock.advance(2_199)
  expect(links).toHaveLength(1)
  clock.advance(1)
  await settled()
  link(1).ready()
  await settled()
  expect(connection.state.current).toMatchObject({ status: 'live', attempt: 0, error: null })
})

test('a request answers data, throws what the server said, and at once without a session', async () => {
  const { connection, live } = setUp()
  await expect(connection.request('sync', {})).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  const link = await live()
  const done = connection.request('presence:set', { idle: true })
  link.asked[0]?.answer({ ok: true, data: {} })
  expect(await done).toEqual({})
  const refused = connection.request('presence:set', { idle: true })
  const error = {
    code: 'RATE_LIMITED',
    message: '',
    retryable: true,
    requestId: 'r',
    retryAfterMs: 5,
  } as const
  link.asked[1]?.answer({ ok: false, error })
  await expect(refused).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5 })
  const open = connection.request('presence:set', { idle: true })
  connection.disconnect()
  await expect(open).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
})

test('facts come in their order; a listener that throws or ends does not disturb the others', async () => {
  const { connection, live } = setUp()
  const heard: number[] = []
  const end = connection.onFact('room:removed', () => heard.push(-1))
  connection.onFact('room:heads', (heads) => heard.push(heads['r'] ?? 0))
  const link = await live()
  end()
  link.events.fact('room:removed', { roomId: 'r' })
  for (const head of [1, 2, 3]) link.events.fact('room:heads', { r: head })
  expect(heard).toEqual([1, 2, 3])
})

test('a drained gateway is left without a moment that is not live', async () => {
  const { connection, clock, live, link, links, statuses } = setUp()
  const heard: string[] = []
  connection.onFact('room:removed', ({ roomId }) => heard.push(roomId))
  connection.onFact('message:ephemeral', ({ text }) => heard.push(text ?? ''))
  const old = await live()
  let finish = (): void => undefined
  connection.onSession(async () => {
    await connection.request('sync', {})
    await new Promise<void>((resolve) => {
      finish = resolve
    })
  })
  old.events.fact('server:drain', { afterMs: 700 })
  clock.advance(699)
  await settled()
  expect(links).toHaveLength(1)
  clock.advance(1)
  await settled()
  void connection.request('presence:set', { idle: true }).catch(() => null)
  expect(old.asked).toHaveLength(1)
  link(1).ready()
  expect(link(1).asked).toMatchObject([{ name: 'sync' }])
  link(1).asked[0]?.answer({ ok: true, data: { rooms: {}, epoch: 1 } })
  old.events.fact('room:removed', { roomId: 'by the old one' })
  link(1).events.fact('room:removed', { roomId: 'by the new one' })
  const shown = {
    roomId: 'r',
    from: { id: 'bot', kind: 'bot' },
    ts: '2026-01-01T00:00:00.000Z',
  } as const
  old.events.fact('message:ephemeral', { ...shown, text: 'once' })
  link(1).events.fact('message:ephemeral', { ...shown, text: 'twice' })
  await settled()
  expect(connection.state.current).toMatchObject({ status: 'live', gateway: 'g1' })
  expect(old.isClosed).toBe(false)
  finish()
  await settled()
  expect(old.isClosed).toBe(true)
  expect(connection.state.current).toMatchObject({ status: 'live', gateway: 'g2' })
  expect(heard).toEqual(['by the old one', 'by the new one', 'once'])
  expect(statuses).toEqual(['connecting', 'catching-up', 'live'])
})

test('a second link that fails is tried again while the first is live', async () => {
  const { connection, clock, live, link, statuses } = setUp()
  const old = await live()
  old.events.fact('server:drain', { afterMs: 0 })
  clock.advance(0)
  await settled()
  link(1).events.closed({ cause: 'transport', wasReady: false })
  clock.advance(400)
  await settled()
  link(2).ready()
  await settled()
  expect([old.isClosed, link(2).isClosed]).toEqual([true, false])
  expect(connection.state.current.gateway).toBe('g3')
  expect(statuses).toEqual(['connecting', 'catching-up', 'live'])
})

test('a token that ends soon is replaced in band, and the new one is the stale one later', async () => {
  const { connection, live, link, stales } = setUp()
  const only = await live()
  only.events.fact('auth:expiring', { expiresAt: '2026-01-01T00:01:00.000Z' })
  await settled()
  expect(only.asked).toMatchObject([{ name: 'auth:refresh', payload: { token: 'token 2' } }])
  only.asked[0]?.answer({ ok: true, data: { expiresAt: '2026-01-01T02:00:00.000Z' } })
  await settled()
  expect(connection.state.current.status).toBe('live')
  const end = { code: 'AUTH_EXPIRED', reconnect: true, message: '' } as const
  only.events.closed({ cause: 'ended', end })
  await settled()
  expect(stales).toEqual([null, 'token 1', 'token 2'])
  expect(link(1).options.token).toBe('token 3')
})

test('the same token once more is not sent in band', async () => {
  const { live, clock } = setUp({ getToken: async () => 'for ever' })
  const only = await live()
  only.events.fact('auth:expiring', { expiresAt: '2026-01-01T00:01:00.000Z' })
  await settled()
  clock.advance(30_000)
  await settled()
  expect(only.asked).toEqual([])
})

test('what getToken throws ends it, or is tried again', async () => {
  const errors: unknown[] = [
    new TypeError('no network'),
    new ChatError({ code: 'AUTH_REVOKED', message: 'sign in again' }),
  ]
  const { connection, clock } = setUp({
    getToken: async () => {
      throw errors.shift()
    },
  })
  connection.connect()
  await settled()
  expect(connection.state.current).toMatchObject({ status: 'waiting', attempt: 1 })
  clock.advance(400)
  await settled()
  expect(connection.state.current).toMatchObject({
    status: 'ended',
    error: { code: 'AUTH_REVOKED' },
  })
})

test('a token that never comes is not waited for', async () => {
  const { connection, clock } = setUp({ getToken: () => new Promise(() => undefined) })
  connection.connect()
  await settled()
  clock.advance(30_000)
  await settled()
  expect(connection.state.current.status).toBe('waiting')
})

test('the network is listened to while it is on, and nothing is left behind', async () => {
  const { connection, clock, live, links, tell, listeners } = setUp()
  const link = await live()
  expect(listeners.size).toBe(1)
  tell('lost')
  expect(link.isClosed).toBe(true)
  expect(connection.state.current).toMatchObject({ status: 'offline', via: null, retryAt: null })
  tell('back')
  await settled()
  expect(links).toHaveLength(2)
  connection.disconnect()
  expect(connection.state.current.status).toBe('idle')
  expect([listeners.size, clock.running(), links[1]?.isClosed]).toEqual([0, 0, true])
})

test('retryNow does not wait', async () => {
  const { connection, link, links } = setUp()
  connection.connect()
  await settled()
  link(0).events.closed({ cause: 'transport', wasReady: false })
  expect(connection.state.current.status).toBe('waiting')
  connection.retryNow()
  await settled()
  expect(links).toHaveLength(2)
})

test('over HTTP where sockets do not get through, and back when one does', async () => {
  const { connection, clock, link, https } = setUp({ http: true })
  connection.connect()
  for (let n = 0; n < 3; n += 1) {
    await settled()
    link(n).events.closed({ cause: 'transport', wasReady: false })
    clock.advance(15_000)
  }
  await settled()
  https[0]?.ready()
  await settled()
  expect(connection.state.current).toMatchObject({ status: 'live', via: 'http' })
  clock.advance(60_000)
  await settled()
  link(3).ready()
  await settled()
  expect(connection.state.current).toMatchObject({ status: 'live', via: 'websocket' })
  expect(https[0]?.isClosed).toBe(true)
})

test('a socket that moves on from polling says so', async () => {
  const { connection, link } = setUp()
  connection.connect()
  await settled()
  link(0).kind = 'polling'
  link(0).ready()
  await settled()
  expect(connection.state.current.via).toBe('polling')
  link(0).kind = 'websocket'
  link(0).events.fact('room:heads', {})
  expect(connection.state.current.via).toBe('websocket')
})

test('when it tries again is told by the clock of the device, and waited for by one that is not set', async () => {
  const { connection, clock, live, links } = setUp({ wallMs: -3_600_000 })
  const link = await live()
  link.events.closed({ cause: 'transport', wasReady: true })
  await settled()
  const { retryAt } = connection.state.current
  expect(retryAt).toBe(clock.now() - 3_600_000 + 200)
  clock.advance(200)
  await settled()
  expect(links).toHaveLength(2)
})
