import { randomUUID } from 'node:crypto'
import { eventually, startTestCluster, type TestCluster } from '@parley/testkit'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ gateways: 1, apis: 1 })
})
afterAll(() => cluster.stop())

/** The process that was there at the beginning is the one that still answers. */
async function expectAlive(pid: number | null): Promise<void> {
  const [gateway] = cluster.info().gateways
  expect(gateway?.pid).toBe(pid)
  expect((await fetch(`${gateway?.url}/healthz`)).status).toBe(200)
}

const gatewayPid = (): number | null => cluster.info().gateways[0]?.pid ?? null

/** A socket of the protocol below Socket.IO: what is sent is sent as it is. */
async function rawSocket(token: string): Promise<WebSocket> {
  const url = `${cluster.info().gateways[0]!.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(url)
  const connected = new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data) => {
      const text = (data as Buffer).toString()
      if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token, v: 1 })}`)
      else if (text.startsWith('42["session:ready"')) resolve()
      else if (text.startsWith('44')) reject(new Error(text))
      else if (text === '2') socket.send('3')
    })
  })
  await connected
  socket.removeAllListeners('error')
  socket.on('error', () => undefined)
  return socket
}

test('payloads of every wrong shape are answered clearly, and the process lives', async () => {
  const pid = gatewayPid()
  const alice = await cluster.register()
  const room = await cluster.createRoom([alice])
  const socket = await cluster.connect(alice)
  const emit = (name: string, ...args: unknown[]): Promise<unknown> =>
    (
      socket as unknown as { emitWithAck: (n: string, ...a: unknown[]) => Promise<unknown> }
    ).emitWithAck(name, ...args)
  const good = { roomId: room, clientMsgId: randomUUID(), text: 'hello' }
  const wrong: [string, unknown][] = [
    ['message:send', null],
    ['message:send', []],
    ['message:send', 7],
    ['message:send', { ...good, extra: 1 }],
    ['message:send', { ...good, roomId: 'x' }],
    ['message:send', { ...good, text: '   ' }],
    ['message:send', { ...good, text: '\uD800' }],
    ['message:send', { ...good, text: { $ne: 1 } }],
    [
      'message:send',
      JSON.parse(
        `{"roomId":"${room}","clientMsgId":"${randomUUID()}","text":"x","__proto__":{"polluted":1}}`,
      ),
    ],
    ['sync', { rooms: { nonsense: 1 } }],
    ['read:set', { roomId: room, upTo: -1 }],
    ['no:such', {}],
    ['constructor', {}],
    ['__proto__', {}],
  ]
  for (const [name, payload] of wrong) {
    // One by one: there is a rate limit.
    const reply = (await emit(name, payload)) as { ok: boolean; error: { code: string } }
    expect([name, reply.ok]).toEqual([name, false])
    if (reply.error.code === 'RATE_LIMITED') continue
    expect([name, reply.error.code]).toEqual([name, 'INVALID'])
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  const long = await emit('message:send', { ...good, text: 'x'.repeat(20_001) })
  expect(long).toMatchObject({
    ok: false,
    error: { code: expect.stringMatching(/TOO_LARGE|RATE_LIMITED/u) },
  })
  await expectAlive(pid)
})

test('a missing ack, an ack that is an object, frames that are none: the process lives', async () => {
  const pid = gatewayPid()
  const alice = await cluster.register()
  const room = await cluster.createRoom([alice])
  const body = (text: string) => ({ roomId: room, clientMsgId: randomUUID(), text })
  const frames = [
    `42${JSON.stringify(['message:send', body('no ack')])}`,
    `42${JSON.stringify(['message:send', body('object ack'), { ack: true }])}`,
    `42${JSON.stringify(['message:send', body('string ack'), 'ack'])}`,
    '42["message:send"]',
    '42["sync",null]',
    '42[]',
    '42{"a":1}',
    '42["message:send",{}',
    '4299999999999999999999["sync",{}]',
    '43["nobody asked"]',
    '451-["binary",{"_placeholder":true,"num":0}]',
    '4551-["too many",{"_placeholder":true,"num":99}]',
    '40{"token":"again"}',
    '9garbage',
    '',
    `42["deep",${'['.repeat(20_000)}${']'.repeat(20_000)}]`,
  ]
  for (const frame of frames) {
    const socket = await rawSocket(alice.token)
    socket.send(frame)
    socket.send('2probe')
    socket.close()
  }
  await eventually(async () => {
    const { data } = (await cluster.rest('GET', `/v1/rooms/${room}/messages`, { user: alice })) as {
      data: { text: string }[]
    }
    expect(data.map(({ text }) => text).toSorted()).toEqual(['no ack', 'object ack', 'string ack'])
  })
  await expectAlive(pid)
})

test('a payload of 10 MB ends its connection with the reason, and nobody else’s', async () => {
  const pid = gatewayPid()
  const [alice, bob] = await Promise.all([cluster.register(), cluster.register()])
  const room = await cluster.createRoom([alice, bob])
  const neighbour = await cluster.connect(bob)
  const socket = await rawSocket(alice.token)
  const closed = new Promise<number>((resolve) => {
    socket.once('close', resolve)
  })
  socket.send(`42["message:send",{"text":"${'x'.repeat(10_000_000)}"}]`)
  // 1009: message too big.
  expect(await closed).toBe(1009)
  expect(await cluster.send(neighbour, room, 'still here')).toMatchObject({ ok: true })
  const rest = await fetch(`${cluster.url}/v1/rooms/${room}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'x'.repeat(10_000_000) }),
  })
  expect(rest.status).toBe(413)
  expect(await rest.json()).toMatchObject({ code: 'TOO_LARGE' })
  await expectAlive(pid)
})

test('handshakes with a wrong token, version or origin are refused with the reason', async () => {
  const alice = await cluster.register()
  const refusal = async (auth: Record<string, unknown>): Promise<string | undefined> => {
    const socket = io(cluster.url, { transports: ['websocket'], forceNew: true, auth })
    const error = await new Promise<Error & { data?: { code?: string } }>((resolve) => {
      socket.once('connect_error', resolve)
    })
    socket.disconnect()
    return error.data?.code
  }
  expect(await refusal({})).toBe('AUTH_REQUIRED')
  expect(await refusal({ token: 'nonsense', v: 1 })).toBe('AUTH_INVALID')
  expect(await refusal({ token: `${alice.token}x`, v: 1 })).toBe('AUTH_INVALID')
  expect(await refusal({ token: { $gt: '' }, v: 1 })).toBe('INVALID')
  expect(await refusal({ token: alice.token, v: 99 })).toBe('UNSUPPORTED_VERSION')

  for (const [origin, status] of [
    ['https://evil.example', 403],
    ['null', 403],
    [new URL(cluster.url).origin, 200],
  ] as const) {
    const answer = await fetch(`${cluster.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { origin },
    })
    expect([origin, answer.status]).toEqual([origin, status])
  }
})

test('who sends too fast is told how long to wait', async () => {
  const alice = await cluster.register()
  const room = await cluster.createRoom([alice])
  const socket = await cluster.connect(alice)
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, n) => cluster.send(socket, room, String(n))),
  )
  const refused = replies.filter((reply) => !reply.ok)
  expect(refused.length).toBeGreaterThan(5)
  for (const reply of refused) {
    expect(reply).toMatchObject({
      error: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: expect.any(Number) },
    })
  }
})

test('REST is limited as the socket is', async () => {
  const alice = await cluster.register()
  const room = await cluster.createRoom([alice])
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      fetch(`${cluster.url}/v1/rooms/${room}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ text: String(n) }),
      }),
    ),
  )
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(5)
  for (const answer of refused) {
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await answer.json()).toMatchObject({ code: 'RATE_LIMITED' })
  }
})

test('the internal path and the metrics are not to be had from outside', async () => {
  for (const path of [
    '/internal/commands',
    '/%69nternal/commands',
    '//internal/users',
    '/metrics',
  ]) {
    const answer = await fetch(cluster.url + path, { method: 'POST', body: '{}' })
    expect([path, answer.status]).toEqual([path, 404])
  }
  const direct = await fetch(`${cluster.info().apis[0]!.url}/internal/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer wrong' },
    body: '{"commands":[]}',
  })
  expect(direct.status).toBe(404)
})
