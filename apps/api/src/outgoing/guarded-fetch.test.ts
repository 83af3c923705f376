import { createServer, type RequestListener } from 'node:http'
import { connect as connectTcp, createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { connectTo, type Connect, type ConnectTarget } from './connect.ts'
import { createGuardedFetch, type GuardedFetch, type OutgoingRequest } from './guarded-fetch.ts'

const PUBLIC = '93.184.216.34'
const LIMITS: OutgoingRequest = { timeoutMs: 5_000, maxBytes: 1_000 }

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port
}

interface Web {
  readonly fetch: GuardedFetch
  /** Addresses to which a connection was asked for. */
  readonly connected: ConnectTarget[]
  readonly resolved: string[]
  readonly port: number
}

/** An internet of one server: every address that is connected to is this one. Nothing is looked up. */
async function startWeb(
  answer: RequestListener,
  options: { names?: Record<string, string[]>; allowedHosts?: string[] } = {},
): Promise<Web> {
  const port = await listenOnLoopback(createServer(answer))
  const connected: ConnectTarget[] = []
  const resolved: string[] = []
  const connect: Connect = (target) => {
    connected.push(target)
    return connectTo({ ...target, address: '127.0.0.1', port, tlsHost: undefined })
  }
  const fetch = createGuardedFetch({
    allowedHosts: options.allowedHosts ?? [],
    resolve: (hostname) => {
      resolved.push(hostname)
      const addresses = options.names?.[hostname]
      return addresses === undefined
        ? Promise.reject(new Error('ENOTFOUND'))
        : Promise.resolve(addresses)
    },
    connect,
  })
  return { fetch, connected, resolved, port }
}

const sayHello: RequestListener = (_request, response) => {
  response.setHeader('Content-Type', 'text/plain').end('hello')
}
const names = { 'example.com': [PUBLIC] }

test('calls exactly the address that was checked, under the name that was asked for', async () => {
  let host: string | undefined
  const web = await startWeb(
    (request, response) => {
      host = request.headers.host
      response.setHeader('Set-Cookie', ['a=1', 'b=2']).end(request.url)
    },
    { names },
  )
  const answer = await web.fetch('http://example.com/path?q=1#part', LIMITS)
  expect(answer).toMatchObject({
    status: 200,
    isCut: false,
    url: 'http://example.com/path?q=1#part',
  })
  expect(answer.body.toString()).toBe('/path?q=1')
  expect(answer.headers['set-cookie']).toBe('a=1, b=2')
  expect(host).toBe('example.com')
  expect(web.connected).toMatchObject([{ address: PUBLIC, port: 80 }])
})

test('asks for TLS with the name, not with the address', async () => {
  const web = await startWeb(sayHello, { names })
  await web.fetch('https://example.com/', LIMITS)
  expect(web.connected).toMatchObject([{ address: PUBLIC, port: 443, tlsHost: 'example.com' }])
})

test('sends method, headers and body, but not those that are the client’s own', async () => {
  const web = await startWeb(
    (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { headers, method } = request
        response.end(JSON.stringify({ headers, method, body: Buffer.concat(chunks).toString() }))
      })
    },
    { names },
  )
  const answer = await web.fetch('http://example.com/', {
    ...LIMITS,
    method: 'POST',
    headers: { 'X-Own': 'yes', Host: 'evil.example', 'Content-Length': '1', Cookie: 'a=b' },
    body: 'a body',
  })
  const seen = JSON.parse(answer.body.toString()) as { headers: Record<string, string> }
  expect(seen).toMatchObject({ method: 'POST', body: 'a body' })
  expect(seen.headers).toMatchObject({ 'x-own': 'yes', host: 'example.com', 'content-length': '6' })
  expect(seen.headers).not.toHaveProperty('cookie')
})

test.each([
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'data:text/html,hello',
  'javascript:alert(1)',
  'example.com',
  '//example.com/',
  '',
  `http://example.com/${'a'.repeat(3_000)}`,
  'http://user@example.com/',
  'http://user:secret@example.com/',
  'http://example.com@127.0.0.1/',
  'http://example.com:8080/',
  'http://example.com:22/',
  'http://127.0.0.1/',
  'http://127.0.0.1./',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://0/',
  'http://0.0.0.0/',
  'http://[::]/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[64:ff9b::127.0.0.1]/',
  'http://[2002:7f00:1::]/',
  'http://[fe80::1]/',
  'http://[fd00::1]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://169。254。169。254/',
  'http://①②⑦.⓪.⓪.①/',
  'http://１２７.0.0.1/',
  'http://10.0.0.1/',
  'http://192.168.0.1/',
  'http://172.16.0.1/',
  'http://100.64.0.1/',
])('%s is refused before anybody is asked', async (address) => {
  const web = await startWeb(sayHello, { names })
  await expect(web.fetch(address, LIMITS)).rejects.toMatchObject({ reason: 'refused' })
  expect(web.resolved).toEqual([])
  expect(web.connected).toEqual([])
})

test.each([
  ['localhost', ['127.0.0.1']],
  ['localhost.', ['127.0.0.1']],
  ['metadata', ['169.254.169.254']],
  ['metadata.google.internal', ['169.254.169.254']],
  ['inner.example.com', ['10.1.2.3']],
  ['six.example.com', ['::1']],
  ['mapped.example.com', ['::ffff:10.0.0.1']],
  ['both.example.com', [PUBLIC, '127.0.0.1']],
  ['odd.example.com', ['no-address']],
])('%s is refused because of what it means', async (hostname, addresses) => {
  const web = await startWeb(sayHello, { names: { [hostname]: addresses } })
  const call = web.fetch(`http://${hostname}/`, LIMITS)
  await expect(call).rejects.toMatchObject({ reason: 'refused' })
  await expect(call).rejects.not.toThrow(/10\.1|127\.0|169\.254/u)
  expect(web.connected).toEqual([])
})

test('a name that means something else the second time is resolved once', async () => {
  const answers = [[PUBLIC], ['127.0.0.1']]
  const connected: string[] = []
  const port = await listenOnLoopback(createServer(sayHello))
  const fetch = createGuardedFetch({
    allowedHosts: [],
    resolve: () => Promise.resolve(answers.shift() ?? []),
    connect: (target) => {
      connected.push(target.address)
      return connectTo({ ...target, address: '127.0.0.1', port, tlsHost: undefined })
    },
  })
  await fetch('http://rebinding.example/', LIMITS)
  expect(connected).toEqual([PUBLIC])
  await expect(fetch('http://rebinding.example/', LIMITS)).rejects.toMatchObject({
    reason: 'refused',
  })
})

test('the next address is tried when one does not answer, IPv4 first', async () => {
  const port = await listenOnLoopback(createServer(sayHello))
  const tried: string[] = []
  const fetch = createGuardedFetch({
    allowedHosts: [],
    resolve: () => Promise.resolve(['2606:4700:4700::1111', '93.184.216.34', '93.184.216.35']),
    connect: (target) => {
      tried.push(target.address)
      return tried.length < 3
        ? Promise.reject(new Error('ENETUNREACH'))
        : connectTo({ ...target, address: '127.0.0.1', port })
    },
  })
  expect((await fetch('http://example.com/', LIMITS)).status).toBe(200)
  expect(tried).toEqual(['93.184.216.34', '93.184.216.35', '2606:4700:4700::1111'])
})

test('an address that does not take the connection does not take all of the time', async () => {
  const port = await listenOnLoopback(createServer(sayHello))
  let tried = 0
  const fetch = createGuardedFetch({
    allowedHosts: [],
    resolve: () => Promise.resolve(['93.184.216.34', '93.184.216.35']),
    connect: (target) => {
      tried += 1
      return tried === 1
        ? new Promise(() => {})
        : connectTo({ ...target, address: '127.0.0.1', port })
    },
  })
  expect((await fetch('http://example.com/', { ...LIMITS, timeoutMs: 1_000 })).status).toBe(200)
})

const redirectTo =
  (...locations: string[]): RequestListener =>
  (_request, response) => {
    const location = locations.shift()
    if (location === undefined) response.end('there')
    else response.writeHead(302, { Location: location }).end()
  }

test('a redirect is answered as it came where none may be followed', async () => {
  const web = await startWeb(redirectTo('http://127.0.0.1/'), { names })
  const answer = await web.fetch('http://example.com/', LIMITS)
  expect(answer).toMatchObject({ status: 302, headers: { location: 'http://127.0.0.1/' } })
})

test('redirects are followed as far as allowed', async () => {
  const request = { ...LIMITS, maxRedirects: 2 }
  const web = await startWeb(redirectTo('/one', 'https://other.example/two'), {
    names: { ...names, 'other.example': ['93.184.216.35'] },
  })
  const answer = await web.fetch('http://example.com/', request)
  expect(answer).toMatchObject({ status: 200, url: 'https://other.example/two' })
  expect(web.connected.map(({ address }) => address)).toEqual([PUBLIC, PUBLIC, '93.184.216.35'])

  const longer = await startWeb(redirectTo('/1', '/2', '/3'), { names })
  await expect(longer.fetch('http://example.com/', request)).rejects.toMatchObject({
    reason: 'redirects',
  })
})

test.each([
  'http://127.0.0.1/',
  'http://localhost/',
  'http://2130706433/',
  'http://user@example.com/',
  'http://example.com:9000/',
  'file:///etc/passwd',
  'http://[::1]/',
  'http://[bad/',
])('a redirect to %s is refused', async (location) => {
  const web = await startWeb(redirectTo(location), {
    names: { ...names, localhost: ['127.0.0.1'] },
  })
  const call = web.fetch('http://example.com/', { ...LIMITS, maxRedirects: 3 })
  await expect(call).rejects.toMatchObject({ reason: 'refused' })
  expect(web.connected).toHaveLength(1)
})

test('what the operator allows may be private and on any port', async () => {
  const { port } = await startWeb(sayHello)
  const allowed = createGuardedFetch({ allowedHosts: [`127.0.0.1:${port}`] })
  expect((await allowed(`http://127.0.0.1:${port}/`, LIMITS)).body.toString()).toBe('hello')
  const byHost = createGuardedFetch({ allowedHosts: ['127.0.0.1'] })
  expect((await byHost(`http://127.0.0.1:${port}/`, LIMITS)).status).toBe(200)
  const other = createGuardedFetch({ allowedHosts: ['127.0.0.1:1'] })
  await expect(other(`http://127.0.0.1:${port}/`, LIMITS)).rejects.toMatchObject({
    reason: 'refused',
  })
})

test('more than the limit is not read', async () => {
  let sent = 0
  let isClosed: () => void = () => {}
  const closed = new Promise<void>((resolve) => {
    isClosed = resolve
  })
  const web = await startWeb(
    (_request, response) => {
      response.on('close', isClosed)
      const more = (): void => {
        while (response.write('x'.repeat(64 * 1024))) sent += 64 * 1024
        sent += 64 * 1024
        response.once('drain', more)
      }
      more()
    },
    { names },
  )
  const answer = await web.fetch('http://example.com/', LIMITS)
  expect(answer.isCut).toBe(true)
  expect(answer.body.toString()).toBe('x'.repeat(1_000))
  await closed
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})

test('exactly the limit is not cut', async () => {
  const web = await startWeb((_request, response) => response.end('x'.repeat(1_000)), { names })
  expect(await web.fetch('http://example.com/', LIMITS)).toMatchObject({ isCut: false })
})

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
] as const)('a bomb in %s is cut by what it unpacks to', async (encoding, pack) => {
  const bomb = pack(Buffer.alloc(50 * 1024 * 1024))
  const web = await startWeb(
    (_request, response) => response.setHeader('Content-Encoding', encoding).end(bomb),
    { names },
  )
  const answer = await web.fetch('http://example.com/', { ...LIMITS, maxBytes: 10_000 })
  expect(answer.isCut).toBe(true)
  expect(answer.body).toHaveLength(10_000)
})

test('what was packed is unpacked, what is packed wrongly is an error', async () => {
  let body = gzipSync('hello')
  let encoding = 'gzip'
  const web = await startWeb(
    (_request, response) => response.setHeader('Content-Encoding', encoding).end(body),
    { names },
  )
  expect((await web.fetch('http://example.com/', LIMITS)).body.toString()).toBe('hello')
  body = Buffer.from('no gzip at all')
  await expect(web.fetch('http://example.com/', LIMITS)).rejects.toMatchObject({
    reason: 'unreachable',
  })
  encoding = 'zstd-of-tomorrow'
  await expect(web.fetch('http://example.com/', LIMITS)).rejects.toMatchObject({
    reason: 'encoding',
  })
})

test('another type than the wanted one is not read', async () => {
  const web = await startWeb(
    (_request, response) => response.setHeader('Content-Type', 'Text/HTML; charset=utf-8').end('x'),
    { names },
  )
  const accepts = (mime: string) => ({ ...LIMITS, acceptsType: (type: string) => type === mime })
  expect((await web.fetch('http://example.com/', accepts('text/html'))).status).toBe(200)
  await expect(web.fetch('http://example.com/', accepts('text/plain'))).rejects.toMatchObject({
    reason: 'content-type',
  })
})

test.each<[string, RequestListener]>([
  ['never answers', () => {}],
  ['never ends', (_request, response) => void response.write('x')],
  [
    'drips',
    (_request, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    },
  ],
])('who %s is given up', async (_what, listener) => {
  const web = await startWeb(listener, { names })
  const call = web.fetch('http://example.com/', { ...LIMITS, timeoutMs: 200 })
  await expect(call).rejects.toMatchObject({ reason: 'timeout' })
})

test('a name that never resolves and a connection that never stands are given up', async () => {
  const waiting = { allowedHosts: [], resolve: () => new Promise<never>(() => {}) }
  const request = { ...LIMITS, timeoutMs: 50 }
  await expect(createGuardedFetch(waiting)('http://example.com/', request)).rejects.toMatchObject({
    reason: 'timeout',
  })
  const fetch = createGuardedFetch({
    allowedHosts: [],
    resolve: () => Promise.resolve([PUBLIC]),
    connect: () => new Promise(() => {}),
  })
  await expect(fetch('http://example.com/', request)).rejects.toMatchObject({ reason: 'timeout' })
})

test('the caller may end it', async () => {
  const web = await startWeb(() => {}, { names })
  const controller = new AbortController()
  const call = web.fetch('http://example.com/', { ...LIMITS, signal: controller.signal })
  controller.abort(new Error('no longer wanted'))
  await expect(call).rejects.toMatchObject({ reason: 'unreachable' })
})

test('an unknown name, a closed port and an answer that is no HTTP are unreachable', async () => {
  const web = await startWeb(sayHello, { names })
  await expect(web.fetch('http://unknown.example/', LIMITS)).rejects.toMatchObject({
    reason: 'unreachable',
  })
  const port = await listenOnLoopback(
    createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.end('SSH-2.0-OpenSSH_9.2\r\n')
    }),
  )
  const fetch = createGuardedFetch({
    allowedHosts: [],
    resolve: () => Promise.resolve([PUBLIC]),
    connect: ({ signal }) => connectTo({ address: '127.0.0.1', port, tlsHost: undefined, signal }),
  })
  await expect(fetch('http://example.com/', LIMITS)).rejects.toMatchObject({
    reason: 'unreachable',
  })
})

test('huge headers are not taken', async () => {
  const port = await listenOnLoopback(
    createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\n')
      const more = (): void => {
        if (socket.destroyed) return
        socket.write(`X-${'a'.repeat(8_000)}: b\r\n`, more)
      }
      more()
    }),
  )
  const fetch = createGuardedFetch({
    allowedHosts: [],
    resolve: () => Promise.resolve([PUBLIC]),
    connect: () =>
      new Promise((resolve) => {
        const socket = connectTcp(port, '127.0.0.1', () => resolve(socket))
      }),
  })
  await expect(fetch('http://example.com/', LIMITS)).rejects.toMatchObject({
    reason: 'unreachable',
  })
})
