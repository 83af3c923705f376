import { findViolations, startTestCluster, type TestCluster } from '@parley/testkit'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    restart: true,
    env: {
      api: { ACCESS_TOKEN_TTL_S: '10' },
      gateway: {
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
  expect(Date.parse((await warned)!.expiresAt)).toBeGreaterThan(Date.now())
  const refreshed = (await cluster.rest('POST', '/v1/auth/refresh', {
    body: { refreshToken: alice.refreshToken },
  })) as { accessToken: string }
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
  const [writer, slow, quick] = await Promise.all([
    cluster.register(),
    cluster.register(),
    cluster.register(),
  ])
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

test('people of a host application are let in by its signature alone', async () => {
  // The handshake refuses what no trusted issuer signed; hosts are covered beside the API.
  const socket = io(cluster.url, {
    transports: ['websocket'],
    forceNew: true,
    auth: { token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSIsImlzcyI6InBhcmxleSJ9.', v: 1 },
  })
  const error = await once<Error & { data?: { code: string } }>(socket, 'connect_error')
  expect(error.data?.code).toBe('AUTH_INVALID')
  socket.disconnect()
})
