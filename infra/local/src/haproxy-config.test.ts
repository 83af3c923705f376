import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serversInRotation, balancerSpec, statsSocketPath } from './balancer.ts'
import { ChildProcess } from './child-process.ts'
import { findProgram } from './find-programs.ts'
import { freePort } from './free-port.ts'
import { haproxyConfig } from './haproxy-config.ts'
import { waitUntil } from './wait-until.ts'

const command = findProgram('haproxy') ?? 'haproxy'
const dir = mkdtempSync(join(tmpdir(), 'parley-haproxy-'))
const draining = new Set<string>()
const closing: Server[] = []
const asked: string[] = []
const gone: string[] = []
let balancer: ChildProcess
let port = 0
let internalPort = 0

/** Answers its own name, and 503 to the health check while it drains. */
async function serve(name: string): Promise<{ name: string; port: number }> {
  const server = createServer((req, res) => {
    if (req.url === '/readyz') res.statusCode = draining.has(name) ? 503 : 200
    res.setHeader('x-seen-for', req.headers['x-forwarded-for'] ?? '')
    const { pathname } = new URL(req.url ?? '/', 'http://any')
    asked.push(pathname)
    res.on('close', () => void (res.writableFinished || gone.push(pathname)))
    if (pathname === '/v1/stream') res.write('begun')
    else if (pathname !== '/v1/long-poll') res.end(name)
  })
  closing.push(server)
  const at = await freePort()
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  return { name, port: at }
}

/** `fetch` would tidy the path up before it is sent. */
async function get(path: string, headers = {}, to = port) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port: to, path, headers, agent: false }, resolve)
      .once('error', reject)
      .end()
  })
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

const areAllUp = async () => (await serversInRotation(statsSocketPath(dir))).size === 5

beforeAll(async () => {
  const gateways = await Promise.all(['g1', 'g2', 'g10'].map(serve))
  const apis = await Promise.all(['a1', 'a2'].map(serve))
  port = await freePort()
  internalPort = await freePort()
  const logFile = join(dir, 'balancer.log')
  const options = { port, internalPort, gateways, apis, statsSocket: statsSocketPath(dir) }
  balancer = new ChildProcess(balancerSpec({ ...options, command, dir, logFile }), {
    mayRestart: () => false,
    onChange: () => undefined,
    onNotice: () => undefined,
  })
  balancer.start()
  await balancer.waitReady(5_000)
  expect(await waitUntil(areAllUp, { timeoutMs: 5_000 })).toBe(true)
})

afterAll(async () => {
  await balancer.stop()
  for (const server of closing) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(dir, { recursive: true })
})

test('haproxy accepts it without a warning', () => {
  const config = haproxyConfig({
    port: 20_001,
    internalPort: 20_002,
    gateways: [
      { name: 'g1', port: 20_003 },
      { name: 'g2', port: 20_004 },
    ],
    apis: [{ name: 'a1', port: 20_005 }],
    statsSocket: '/tmp/a folder/haproxy.sock',
  })
  const file = join(dir, 'checked.cfg')
  writeFileSync(file, config)
  const { status, stdout, stderr } = spawnSync(command, ['-c', '-f', file], { encoding: 'utf8' })
  expect(`${stdout}${stderr}`.trim()).toBe('Configuration file is valid')
  expect(status).toBe(0)
})

describe('what is not public', () => {
  test.each([
    '/internal/commands',
    '/internal',
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
  ])('%s is not found', async (path) => {
    const { status, body } = await get(path)
    expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([404, 'NOT_FOUND'])
  })

  test('an absolute address in the request line changes nothing', async () => {
    const host = { host: 'anything' }
    expect(await get('http://anything/internal/commands', host)).toMatchObject({ status: 404 })
  })

  test.each(['/', '/v1/rooms', '/v1/internal', '/docs', '/a..b', '/.well-known/jwks.json'])(
    '%s is answered by an API',
    async (path) => {
      expect((await get(path)).body).toMatch(/^a[12]$/u)
    },
  )
})

describe('gateways', () => {
  test('a session finds its gateway without a cookie', async () => {
    for (const name of ['g1', 'g2', 'g10', 'g1', 'g10', 'g2']) {
      const path = `/socket.io/?EIO=4&transport=polling&sid=${name}.abc`
      expect((await get(path)).body).toBe(name)
    }
  })

  test('the session id outdoes the cookie of another tab', async () => {
    const path = '/socket.io/?EIO=4&transport=websocket&sid=g2.abc'
    expect((await get(path, { cookie: 'PARLEY_GATEWAY=g1' })).body).toBe('g2')
  })

  test('a session id that names no gateway goes by the cookie', async () => {
    const path = '/socket.io/?EIO=4&transport=polling&sid=abc'
    for (const name of ['g10', 'g2', 'g1']) {
      expect((await get(path, { cookie: `PARLEY_GATEWAY=${name}` })).body).toBe(name)
    }
  })

  test('a polling handshake is told its gateway by a cookie', async () => {
    const { body, headers } = await get('/socket.io/?EIO=4&transport=polling')
    expect(headers['set-cookie']?.[0]).toBe(`PARLEY_GATEWAY=${body}; path=/; HttpOnly`)
  })

  test('one that drains keeps its sessions and gets no new ones', async () => {
    draining.add('g1')
    const handshakes = ['polling', 'websocket'].map((name) => `/socket.io/?EIO=4&transport=${name}`)
    const cookie = { cookie: 'PARLEY_GATEWAY=g1' }
    const isOut = await waitUntil(
      async () => {
        const answers = await Promise.all(
          [...handshakes, ...handshakes, ...handshakes].map((path) => get(path, cookie)),
        )
        return answers.every(({ body }) => body !== 'g1')
      },
      { timeoutMs: 5_000 },
    )
    expect(isOut).toBe(true)
    expect((await get('/socket.io/?EIO=4&transport=polling&sid=g1.abc')).body).toBe('g1')
    draining.delete('g1')
    expect(await waitUntil(areAllUp, { timeoutMs: 5_000 })).toBe(true)
  })

  test('the address of the client is added to what it claims', async () => {
    const { headers } = await get('/v1', { 'x-forwarded-for': '1.2.3.4' })
    expect(headers['x-seen-for']).toBe('1.2.3.4, 127.0.0.1')
  })
})

test.each(['/v1/long-poll', '/v1/stream'])(
  '%s ends at the API when its reader goes',
  async (path) => {
    const asking = request({ host: '127.0.0.1', port, path, agent: false })
    asking.on('error', () => undefined).end()
    expect(await waitUntil(() => asked.includes(path), { timeoutMs: 5_000 })).toBe(true)
    asking.destroy()
    expect(await waitUntil(() => gone.includes(path), { timeoutMs: 5_000 })).toBe(true)
  },
)

async function ask(partition?: number): Promise<string> {
  const headers = partition === undefined ? {} : { 'x-parley-partition': String(partition) }
  return (await get('/internal/commands', headers, internalPort)).body
}

describe('the internal side', () => {
  test('sends a partition to the same API always, and partitions to all APIs', async () => {
    const partitions = Array.from({ length: 40 }, (_, number) => number)
    const first = await Promise.all(partitions.map((partition) => ask(partition)))
    const second = await Promise.all(partitions.map((partition) => ask(partition)))
    expect(second).toEqual(first)
    expect(new Set(first)).toEqual(new Set(['a1', 'a2']))
  })

  test('spreads what has no partition', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(new Set(answers)).toEqual(new Set(['a1', 'a2']))
  })
})

test('with nobody left to ask, it answers in the words of the contract', async () => {
  draining.add('a1').add('a2')
  const areGone = async () => {
    const inRotation = await serversInRotation(statsSocketPath(dir))
    return !inRotation.has('a1') && !inRotation.has('a2')
  }
  expect(await waitUntil(areGone, { timeoutMs: 5_000 })).toBe(true)
  const { status, headers, body } = await get('/v1/me')
  expect([status, headers['content-type']]).toEqual([503, 'application/problem+json'])
  expect(headers['retry-after']).toBe('1')
  expect(JSON.parse(body)).toMatchObject({ code: 'SERVER_BUSY', retryable: true, status: 503 })
  draining.clear()
  expect(await waitUntil(areAllUp, { timeoutMs: 5_000 })).toBe(true)
})
