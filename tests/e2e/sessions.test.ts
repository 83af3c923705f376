import {
  eventually,
  findViolations,
  startTestCluster,
  type TestCluster,
  type TestUser,
} from '@parley/testkit'
import jwt from 'jsonwebtoken'
import type { Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'

const HOST_SECRET = 'a shared secret of the shop and us'
const HOST = { HOST_JWT_SECRET: HOST_SECRET, HOST_JWT_ISSUER: 'shop.example' }
const refusals: string[] = []

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    restart: true,
    env: {
      api: { ACCESS_TOKEN_TTL_S: '10', ...HOST },
      gateway: {
        ...HOST,
        SENDS_PER_SECOND: '1000',
        SEND_BURST: '1000',
        DRAIN_NOTICE_MS: '1500',
        DRAIN_WINDOW_MS: '1500',
        LAG_LIMIT_MS: '2000',
      },
    },
  })
})
afterAll(() => cluster.stop())

const once = <Fact>(socket: Socket, name: string): Promise<Fact> =>
  new Promise((resolve) => {
    socket.once(name, resolve)
  })

const sign = (claims: Record<string, unknown>, secret = HOST_SECRET): string =>
  jwt.sign({ iss: 'shop.example', aud: 'parley', ...claims }, secret, { expiresIn: 600 })

const fromHost = (userId: string): TestUser => ({
  userId,
  username: userId,
  password: '',
  token: sign({ sub: userId }),
  refreshToken: '',
})

test('a token that ends, ends the socket; one that is refreshed in band does not', async () => {
  const alice = await cluster.register()
  let warned: Promise<{ expiresAt: string }> | undefined
  const [kept, ended] = await Promise.all([
    cluster.connect(alice, {
      prepare: (socket) => {
        warned = once(socket as unknown as Socket, 'auth:expiring')
      },
    }),
    cluster.connect(alice),
  ])
  const end = once<{ code: string; reconnect: boolean }>(ended, 'session:end')
  const firstEnd = Date.parse((await warned)!.expiresAt)
  expect(firstEnd).toBeGreaterThan(Date.now())
  let { refreshToken } = alice
  // Ends are whole seconds: it has to be one that is clearly later.
  const refreshed = await eventually(
    async () => {
      const session = (await cluster.rest('POST', '/v1/auth/refresh', {
        body: { refreshToken },
      })) as { accessToken: string; refreshToken: string; expiresAt: string }
      ;({ refreshToken } = session)
      expect(Date.parse(session.expiresAt)).toBeGreaterThan(firstEnd + 2_000)
      return session
    },
    { everyMs: 500, timeoutMs: 8_000 },
  )
  const reply = await kept.emitWithAck('auth:refresh', { token: refreshed.accessToken })
  expect(reply).toMatchObject({ ok: true })
  expect(await end).toMatchObject({ code: 'AUTH_EXPIRED', reconnect: true })
  expect(kept.connected).toBe(true)

  const mallory = await cluster.register()
  const stolen = await kept.emitWithAck('auth:refresh', { token: mallory.token })
  expect(stolen).toMatchObject({ ok: false, error: { code: 'AUTH_INVALID' } })
})

test('logging out ends the sockets of that sign-in on all gateways, and no others', async () => {
  const alice = await cluster.register()
  const login = (await cluster.rest('POST', '/v1/auth/login', {
    body: { username: alice.username, password: alice.password },
  })) as { accessToken: string }
  const other = await cluster.connect({ token: login.accessToken })
  const sockets = await Promise.all(
    ['g1', 'g2', 'g3'].map((gateway) => cluster.connect(alice, { gateway })),
  )
  const ends = sockets.map((socket) =>
    once<{ code: string }>(socket as unknown as Socket, 'session:end'),
  )
  await cluster.rest('POST', '/v1/auth/logout', { user: alice })
  for (const end of ends)
    expect(await end).toMatchObject({ code: 'AUTH_REVOKED', reconnect: false })
  expect(other.connected).toBe(true)
})

test('a draining gateway sends its clients elsewhere first, and nothing is lost', async () => {
  const users = await Promise.all(Array.from({ length: 6 }, () => cluster.register()))
  const room = await cluster.createRoom(users)
  const clients = users.map((user) => cluster.resumingClient(user, [room]))
  await Promise.all(clients.map((client) => client.ready()))
  const drained: number[] = []
  for (const { socket } of clients)
    socket.on('server:drain', ({ afterMs }) => drained.push(afterMs))
  const onG1 = clients.filter(({ sessions }) => sessions[0]?.gateway === 'g1')
  expect(onG1.length).toBeGreaterThan(0)

  let stopping = true
  const stopped = cluster.stopProcess('g1').then(() => {
    stopping = false
  })
  await Promise.all(
    clients.map(async (client, index) => {
      for (let n = 0; stopping || n < 5; n += 1) await client.send(room, `${index} says ${n}`)
    }),
  )
  await stopped
  expect(drained).toHaveLength(onG1.length)
  for (const client of onG1) expect(client.sessions.at(-1)?.gateway).not.toBe('g1')
  expect(await findViolations(cluster.url, clients, [room])).toEqual([])
  await cluster.start('g1')
  await cluster.waitBalanced()
})

test('who does not read is closed, resumes, and the others do not wait', async () => {
  // Tokens of the host application outlast the test, those of this cluster do not.
  const [writer, slow, quick] = [fromHost('writer'), fromHost('slow'), fromHost('quick')]
  const room = await cluster.createRoom([writer, slow, quick])
  const [talker, reader] = [
    cluster.resumingClient(writer, [room], { gateway: 'g2' }),
    cluster.resumingClient(quick, [room], { gateway: 'g2' }),
  ]
  await Promise.all([talker.ready(), reader.ready()])
  const stuck = await cluster.connect(slow, { gateway: 'g2' })
  const ended = new Promise<void>((resolve) => {
    stuck.once('disconnect', () => resolve())
  })
  // The receiver stops reading: what is sent to it fills the kernel's buffers, then the gateway's.
  const { ws } = stuck.io.engine.transport as unknown as {
    ws: { pause: () => void; resume: () => void }
  }
  ws.pause()
  const long = 'x'.repeat(20_000)
  for (let n = 0; n < 600; n += 1) {
    const last = await talker.send(room, `${n} ${long.slice(0, 19_000)}`)
    await reader.recorder.reaches(room, last)
  }
  const metrics = async (): Promise<string> => {
    const gateway = cluster.info().gateways.find(({ name }) => name === 'g2')
    return (await fetch(`${gateway?.url}/metrics`)).text()
  }
  const closedAt = Date.now() + 10_000
  while (!/parley_slow_sessions_closed_total\{[^}]*\} 1/u.test(await metrics())) {
    if (Date.now() > closedAt) throw new Error('The slow socket was not closed.')
  }
  ws.resume()
  await ended
  expect(await findViolations(cluster.url, [talker, reader], [room])).toEqual([])
})

test('people of a host application are let in by its signature, and exist from then on', async () => {
  const socket = await cluster.connect({ token: sign({ sub: 'shop|42', name: '小雨' }) })
  const bob = await cluster.register()
  const found = await cluster.rest('GET', '/v1/users?ids=shop%7C42', { user: bob })
  expect(found).toMatchObject({ data: [{ id: 'shop|42', displayName: '小雨', kind: 'host' }] })
  const room = await cluster.createRoom([bob])
  const added = once<{ roomId: string }>(socket as unknown as Socket, 'room:added')
  await cluster.rest('PUT', `/v1/rooms/${room}/members/shop%7C42`, { user: bob, body: {} })
  expect(await added).toMatchObject({ roomId: room })
  expect(await cluster.send(socket, room, 'from the shop')).toMatchObject({ ok: true })

  for (const token of [
    sign({ sub: 'shop|42' }, 'another secret of thirty-two letters'),
    sign({ sub: 'shop|42', iss: 'parley' }),
    sign({ sub: 'shop|42', aud: 'somebody else' }),
    sign({ sub: '' }),
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSIsImlzcyI6InBhcmxleSJ9.',
  ]) {
    const refusal = await cluster.connect({ token }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ data: { code: 'AUTH_INVALID' } })
  }
  // A host may not become a user of ours by naming their id, also where that user is.
  const themselves = await Promise.all([
    cluster.connect(bob, { gateway: 'g1' }),
    cluster.connect(bob, { gateway: 'g2' }),
  ])
  const posing = await cluster
    .connect(
      { token: sign({ sub: bob.userId }) },
      {
        timeoutMs: 1_500,
        prepare: (fresh) => {
          fresh.once('session:end', ({ code }) => refusals.push(code))
        },
      },
    )
    .catch((error: unknown) => error)
  expect(posing).toBeInstanceOf(Error)
  expect(refusals).toEqual(['AUTH_INVALID'])
  expect(themselves.map(({ connected }) => connected)).toEqual([true, true])
})
