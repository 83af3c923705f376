import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request, type RequestOptions } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import {
  connectSocket,
  eventually,
  startTestCluster,
  type TestCluster,
  type TestSocket,
  type TestUser,
} from '@parley/testkit'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
// @boundaries-ignore ports of this machine
import { freePort } from '../../infra/local/src/free-port.ts'
// @boundaries-ignore programs of the system are found by the launcher
import { ensurePrograms } from '../../infra/local/src/install-programs.ts'
import { haproxyAtHome, nginxAtHome, type Setting } from './balancer-settings.ts'

const dir = mkdtempSync(join(tmpdir(), 'parley-tls-'))
let cluster: TestCluster
let user: TestUser
let roomId: string
let ca: string

interface Running {
  readonly setting: Setting
  readonly url: string
}

const running = new Map<string, Running>()
const children: ChildProcess[] = []
const sockets: TestSocket[] = []

beforeAll(async () => {
  const programs = await ensurePrograms(['haproxy', 'nginx'])
  cluster = await startTestCluster({ gateways: 2, apis: 2, workers: 0 })
  user = await cluster.register()
  roomId = await cluster.createRoom([user])
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  ca = pems.cert
  writeFileSync(join(dir, 'site.crt'), pems.cert)
  writeFileSync(join(dir, 'site.key'), pems.private, { mode: 0o600 })

  const haproxy = await newSetting()
  writeFileSync(join(dir, 'haproxy.cfg'), haproxyAtHome(haproxy))
  await start('haproxy', programs.haproxy, ['-db', '-f', join(dir, 'haproxy.cfg')], haproxy)
  const nginx = await newSetting()
  writeFileSync(join(dir, 'nginx.conf'), nginxAtHome(nginx, dir))
  const args = ['-p', dir, '-c', join(dir, 'nginx.conf'), '-g', 'daemon off;']
  await start('nginx', programs.nginx, args, nginx)
})

afterAll(async () => {
  for (const socket of sockets) socket.disconnect()
  for (const child of children) {
    if (child.exitCode !== null) continue
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
  await cluster?.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** The file's names stand for the test cluster's first processes; those beyond are down. */
async function newSetting(): Promise<Setting> {
  const { gateways, apis } = cluster.info()
  const address = ({ url }: { url: string }): string => new URL(url).host
  const [plain, tls, internal, statsPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  return {
    addresses: new Map([
      ...gateways.map((one, number) => [`gateway-${number}`, address(one)] as const),
      ...apis.map((one, number) => [`api-${number}`, address(one)] as const),
    ]),
    names: new Map(gateways.map(({ name }, number) => [`gateway-${number}`, name])),
    certificate: join(dir, 'site.crt'),
    key: join(dir, 'site.key'),
    ports: { plain, tls, internal },
    statsPort,
  }
}

async function start(
  name: string,
  command: string,
  args: readonly string[],
  setting: Setting,
): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const url = `https://localhost:${setting.ports.tls}`
  running.set(name, { setting, url })
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`)
    // Ready when it has found the processes behind it.
    const api = await ask(name, '/healthz')
    const gateway = await ask(name, '/socket.io/?EIO=4&transport=polling')
    expect([api.status, gateway.status]).toEqual([200, 200])
  })
}

/** As it is written: `fetch` would tidy the path up. */
async function ask(name: string, path: string, options: RequestOptions & { body?: string } = {}) {
  const { setting } = running.get(name)!
  const { body, ...rest } = options
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(
      { host: 'localhost', port: setting.ports.tls, path, ca, agent: false, ...rest },
      resolve,
    )
      .once('error', reject)
      .end(body)
  })
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

async function connect(name: string, transport: 'polling' | 'websocket'): Promise<TestSocket> {
  const options = { transports: [transport], ca, upgrade: false }
  const { socket } = await connectSocket(running.get(name)!.url, user, options)
  sockets.push(socket)
  return socket
}

describe.each(['haproxy', 'nginx'])('%s', (name) => {
  test('what is said over https polling is read over wss, and the other way round', async () => {
    const polling = await connect(name, 'polling')
    const websocket = await connect(name, 'websocket')
    expect(websocket.io.engine.transport.name).toBe('websocket')
    for (const [from, to] of [
      [polling, websocket],
      [websocket, polling],
    ] as const) {
      const heard: number[] = []
      to.on('room:events', ({ events }) => heard.push(...events.map(({ seq }) => seq)))
      const reply = await cluster.send(from, roomId, `over ${from.io.engine.transport.name}`)
      expect(reply).toMatchObject({ ok: true })
      await eventually(() => expect(heard).toContain(reply.ok ? reply.data.seq : 0))
    }
  })

  test('a polling session finds its gateway again, without a cookie, from any connection', async () => {
    const gateways = new Set<string>()
    const handshake = async (): Promise<string> => {
      const { body } = await ask(name, '/socket.io/?EIO=4&transport=polling')
      return (JSON.parse(body.slice(1)) as { sid: string }).sid
    }
    for (let number = 0; number < 40 && (gateways.size < 2 || number < 6); number += 1) {
      const sid = await handshake()
      gateways.add(sid.split('.')[0]!)
      for (const packet of ['6', '6']) {
        const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`
        const { status, body } = await ask(name, path, { method: 'POST', body: packet })
        expect([status, body]).toEqual([200, 'ok'])
      }
    }
    expect(gateways).toEqual(new Set(['g1', 'g2']))
  })

  test.each([
    '/internal/commands',
    '/INTERNAL/commands',
    '/metrics',
    '/metrics?a=b',
    '/%69nternal/commands',
    '/%2569nternal/commands',
    '/internal%2fcommands',
    '//internal/commands',
    '/./internal/commands',
    '/v1/../internal/commands',
    '/v1/%2e%2e/internal/commands',
    '/v1/..%2finternal',
    '/v1\\..\\internal',
    '/%2finternal',
    '/socket.io/../metrics',
  ])('%s is not found from outside', async (path) => {
    const { status, headers, body } = await ask(name, path)
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json'])
    expect(JSON.parse(body)).toMatchObject({ code: 'NOT_FOUND', requestId: 'balancer' })
  })

  test('everything else is the API’s', async () => {
    const { status, headers, body } = await ask(name, '/v1/me')
    expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([401, 'AUTH_REQUIRED'])
    expect(headers['strict-transport-security']).toContain('max-age=31536000')
  })

  test('http is sent to https, with its method', async () => {
    const { ports } = running.get(name)!.setting
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: ports.plain,
        path: '/v1/rooms?limit=1',
        agent: false,
      }
      httpRequest({ ...options, method: 'POST', headers: { host: 'chat.example' } }, resolve)
        .once('error', reject)
        .end()
    })
    response.resume()
    expect([response.statusCode, response.headers.location]).toEqual([
      308,
      'https://chat.example/v1/rooms?limit=1',
    ])
  })

  test('no TLS older than 1.2', async () => {
    const { ports } = running.get(name)!.setting
    const options = { port: ports.tls, host: 'localhost', ca }
    const old = connectTls({
      ...options,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    const [error] = (await once(old, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toMatch(/ALERT_PROTOCOL_VERSION|ECONNRESET/u)
    const current = connectTls({ ...options, servername: 'localhost' })
    await once(current, 'secureConnect')
    expect(current.getProtocol()).toBe('TLSv1.3')
    current.destroy()
  })

  test('browsers are spoken to in HTTP/2', async () => {
    const session = connectHttp2(running.get(name)!.url, { ca })
    try {
      const stream = session.request({ ':path': '/v1/me' })
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
      expect(headers[':status']).toBe(401)
      stream.destroy()
    } finally {
      session.destroy()
    }
  })

  test('the internal side hands a partition to one API, and is no TLS', async () => {
    const { ports } = running.get(name)!.setting
    const answers = new Set<number | undefined>()
    for (const partition of ['1', '2', '3']) {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { 'x-parley-partition': partition }
        httpRequest({ port: ports.internal, path: '/healthz', headers, agent: false }, resolve)
          .once('error', reject)
          .end()
      })
      response.resume()
      answers.add(response.statusCode)
    }
    expect(answers).toEqual(new Set([200]))
  })
})

test('haproxy: a WebSocket that a browser opens inside its HTTP/2 connection', async () => {
  const session = connectHttp2(running.get('haproxy')!.url, { ca })
  try {
    await once(session, 'remoteSettings')
    expect(session.remoteSettings.enableConnectProtocol).toBe(true)
    const stream = session.request(
      {
        ':method': 'CONNECT',
        ':protocol': 'websocket',
        ':path': '/socket.io/?EIO=4&transport=websocket',
        'sec-websocket-version': '13',
      },
      { endStream: false },
    )
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
    expect(headers[':status']).toBe(200)
    const [frame] = (await once(stream, 'data')) as [Buffer]
    expect(frame.toString()).toMatch(/0\{"sid":"g[12]\./u)
    stream.destroy()
  } finally {
    session.destroy()
  }
})

test('haproxy: probes and Prometheus have a port of their own', async () => {
  const { statsPort } = running.get('haproxy')!.setting
  const at = (path: string) => fetch(`http://127.0.0.1:${statsPort}${path}`)
  expect((await at('/healthz')).status).toBe(200)
  expect(await (await at('/metrics')).text()).toContain('haproxy_backend_active_servers')
  expect((await at('/anything')).status).toBe(404)
})

test('nobody listens in the clear where people talk', async () => {
  for (const { setting } of running.values()) {
    const socket = connectTcp(setting.ports.tls, '127.0.0.1')
    socket.end('GET /v1/me HTTP/1.1\r\nhost: localhost\r\n\r\n')
    expect(await text(socket).catch(() => '')).not.toContain('AUTH_REQUIRED')
  }
})
