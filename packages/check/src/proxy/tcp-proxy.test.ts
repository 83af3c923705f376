import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { BUFFER_BYTES } from './pipe.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

let server: Server
let proxy: TcpProxy
/** What the target has of each connection. */
let accepted: Peer[] = []

interface Peer {
  readonly socket: Socket
  received: string
  bytes: number
  ended: boolean
  error: string | undefined
}

const eventually = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { timeout: 10_000, interval: 5 })

function watched(socket: Socket): Peer {
  const peer: Peer = { socket, received: '', bytes: 0, ended: false, error: undefined }
  socket.on('data', (data: Buffer) => {
    peer.bytes += data.length
    if (peer.received.length < 1_000) peer.received += data.toString('latin1')
  })
  socket.on('end', () => (peer.ended = true))
  socket.on('error', (error: NodeJS.ErrnoException) => (peer.error = error.code))
  return peer
}

/** Both ends of a new connection through the proxy. */
async function open(): Promise<{ near: Peer; far: Peer }> {
  const count = accepted.length
  const near = watched(connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true }))
  await eventually(() => expect(accepted).toHaveLength(count + 1))
  const far = accepted[count]
  if (far === undefined) throw new Error('Nobody came.')
  return { near, far }
}

beforeEach(async () => {
  accepted = []
  server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(watched(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const target = { host: '127.0.0.1', port }
  proxy = await startTcpProxy({ name: 'here>there', target, random: seededRandom('test') })
})

afterEach(async () => {
  await proxy.close()
  for (const { socket } of accepted) socket.destroy()
  server.close()
  await once(server, 'close')
})

test('says what it hears, and that an end has nothing more to say', async () => {
  const { near, far } = await open()
  near.socket.end('question')
  await eventually(() => expect(far).toMatchObject({ received: 'question', ended: true }))
  expect(near.ended).toBe(false)
  far.socket.end('answer')
  await eventually(() => expect(near).toMatchObject({ received: 'answer', ended: true }))
  await eventually(() => expect(proxy.connections()).toBe(0))
})

test('a reset is passed on as a reset', async () => {
  const { near, far } = await open()
  near.socket.resetAndDestroy()
  await eventually(() => expect(far.error).toBe('ECONNRESET'))
  await eventually(() => expect(proxy.connections()).toBe(0))
})

test('whoever writes to an end that ended and then broke off hears of it', async () => {
  const { near, far } = await open()
  far.socket.end('bye')
  await eventually(() => expect(near.ended).toBe(true))
  far.socket.resetAndDestroy()
  await eventually(() => {
    near.socket.write('?')
    // The first write meets the reset, or a later one the end that it left.
    expect(['ECONNRESET', 'EPIPE']).toContain(near.error)
  })
})

test('latency delays one direction and keeps the order, whatever the jitter', async () => {
  const { near, far } = await open()
  await proxy.add({ type: 'latency', direction: 'downstream', latencyMs: 60, jitterMs: 50 })
  near.socket.write('up')
  await eventually(() => expect(far.received).toBe('up'))
  const sentAt = performance.now()
  for (let n = 0; n < 10; n += 1) {
    far.socket.write(String(n))
    await delay(2)
  }
  await eventually(() => expect(near.received).toBe('0123456789'))
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(60)
})

test('a narrow way takes its time', async () => {
  const { near, far } = await open()
  await proxy.add({ type: 'bandwidth', direction: 'upstream', bytesPerSecond: 10_000 })
  const sentAt = performance.now()
  near.socket.write(Buffer.alloc(3_000))
  await eventually(() => expect(far.bytes).toBe(3_000))
  expect(performance.now() - sentAt).toBeGreaterThan(200)
})

test('a slicer passes on all of it in small pieces', async () => {
  const { near, far } = await open()
  let pieces = 0
  far.socket.on('data', () => (pieces += 1))
  await proxy.add({ type: 'slicer', averageBytes: 10, delayMs: 2 })
  const text = 'abcdefghij'.repeat(20)
  near.socket.write(text)
  await eventually(() => expect(far.received).toBe(text))
  expect(pieces).toBeGreaterThan(5)
})

test('in a black hole neither data nor an end nor a reset arrives, until it heals', async () => {
  const { near, far } = await open()
  const other = await open()
  const heal = await proxy.add({ type: 'timeout' })
  near.socket.end('lost?')
  other.near.socket.resetAndDestroy()
  await delay(50)
  expect(far).toMatchObject({ received: '', ended: false })
  expect(other.far.error).toBeUndefined()
  await heal()
  await eventually(() => expect(far).toMatchObject({ received: 'lost?', ended: true }))
  await eventually(() => expect(other.far.error).toBe('ECONNRESET'))
})

test('one way can be a black hole while the other works; no new connection comes about', async () => {
  const { near, far } = await open()
  const heal = await proxy.add({ type: 'timeout', direction: 'downstream' })
  near.socket.write('up')
  far.socket.write('down')
  await eventually(() => expect(far.received).toBe('up'))
  const late = watched(connect({ host: '127.0.0.1', port: proxy.port }))
  late.socket.write('hello')
  await delay(50)
  expect(near.received).toBe('')
  expect(accepted).toHaveLength(1)
  await heal()
  await eventually(() => expect(near.received).toBe('down'))
  await eventually(() => expect(accepted[1]?.received).toBe('hello'))
})

test('a black hole takes in no more than its buffer', async () => {
  const { near, far } = await open()
  const heal = await proxy.add({ type: 'timeout', direction: 'upstream' })
  const total = 32 * 1024 * 1024
  near.socket.write(Buffer.alloc(total))
  await eventually(() => expect(proxy.bufferedBytes()).toBeGreaterThanOrEqual(BUFFER_BYTES))
  await delay(100)
  // One read beyond the bound is in hand when the reading stops.
  expect(proxy.bufferedBytes()).toBeLessThanOrEqual(BUFFER_BYTES + 64 * 1024)
  await heal()
  await eventually(() => expect(far.bytes).toBe(total))
  expect(proxy.bufferedBytes()).toBe(0)
})

test('whoever does not read makes the sender wait', async () => {
  const { near, far } = await open()
  far.socket.pause()
  const total = 32 * 1024 * 1024
  near.socket.write(Buffer.alloc(total))
  await eventually(() => expect(proxy.bufferedBytes()).toBeGreaterThanOrEqual(BUFFER_BYTES))
  expect(proxy.bufferedBytes()).toBeLessThanOrEqual(BUFFER_BYTES + 64 * 1024)
  far.socket.resume()
  await eventually(() => expect(far.bytes).toBe(total))
})

test('resets both ends, and those that come meanwhile', async () => {
  const { near, far } = await open()
  const heal = await proxy.add({ type: 'reset_peer' })
  await eventually(() => expect([near.error, far.error]).toEqual(['ECONNRESET', 'ECONNRESET']))
  const late = watched(connect({ host: '127.0.0.1', port: proxy.port }))
  await eventually(() => expect(late.error).toBe('ECONNRESET'))
  await heal()
  const after = await open()
  after.near.socket.write('again')
  await eventually(() => expect(after.far.received).toBe('again'))
})

test('a reset of one direction leaves the other end half-open', async () => {
  const { near, far } = await open()
  const heal = await proxy.add({ type: 'reset_peer', direction: 'downstream' })
  await eventually(() => expect(near.error).toBe('ECONNRESET'))
  await delay(50)
  expect(far).toMatchObject({ ended: false, error: undefined })
  await heal()
  await eventually(() => expect(far.error).toBe('ECONNRESET'))
  await eventually(() => expect(proxy.connections()).toBe(0))
})

test('closes slowly, and says at once what was said before', async () => {
  const { near, far } = await open()
  await proxy.add({ type: 'slow_close', delayMs: 80 })
  const endedAt = performance.now()
  near.socket.end('bye')
  await eventually(() => expect(far.received).toBe('bye'))
  await eventually(() => expect(far.ended).toBe(true))
  expect(performance.now() - endedAt).toBeGreaterThanOrEqual(80)
})

test('closes a connection after its limit of bytes, not those before it', async () => {
  const { near, far } = await open()
  near.socket.write('before ')
  await eventually(() => expect(far.received).toBe('before '))
  await proxy.add({ type: 'limit_data', direction: 'upstream', bytes: 5 })
  near.socket.write('after that')
  await eventually(() => expect(far).toMatchObject({ received: 'before after', ended: true }))
  await eventually(() => expect(near.ended || near.error !== undefined).toBe(true))
})

test('refuses while it is down, and is there again at the same port', async () => {
  const { near, far } = await open()
  const { port } = proxy
  const heal = await proxy.add({ type: 'down' })
  await eventually(() => expect([near.error, far.error]).toEqual(['ECONNRESET', 'ECONNRESET']))
  const late = watched(connect({ host: '127.0.0.1', port }))
  await eventually(() => expect(late.error).toBe('ECONNREFUSED'))
  await heal()
  const after = await open()
  after.near.socket.write('again')
  await eventually(() => expect(after.far.received).toBe('again'))
  expect(proxy.port).toBe(port)
})

test('a toxic of some befalls some connections, and these for as long as they live', async () => {
  const pairs: Awaited<ReturnType<typeof open>>[] = []
  for (let n = 0; n < 20; n += 1) pairs.push(await open())
  await proxy.add({ type: 'timeout', direction: 'upstream', toxicity: 0.5 })
  for (const { near } of pairs) near.socket.write('a')
  for (const { near } of pairs) near.socket.write('b')
  // Everything that was said has come through, or stands before the black hole.
  await eventually(() => {
    const come = pairs.reduce((sum, { far }) => sum + far.bytes, 0)
    expect(come + proxy.bufferedBytes()).toBe(2 * pairs.length)
  })
  const heard = pairs.map(({ far }) => far.received)
  expect(heard.filter((text) => text === 'ab').length).toBeGreaterThan(3)
  expect(heard.filter((text) => text === '').length).toBeGreaterThan(3)
  expect(heard.every((text) => text === '' || text === 'ab')).toBe(true)
})

test('toxics add up, and one that is taken away leaves the others', async () => {
  const { near, far } = await open()
  const noHole = await proxy.add({ type: 'timeout' })
  const noSecondHole = await proxy.add({ type: 'timeout' })
  near.socket.write('x')
  await noHole()
  await delay(30)
  expect(far.received).toBe('')
  expect(proxy.toxics()).toEqual([{ type: 'timeout' }])
  await noSecondHole()
  await eventually(() => expect(far.received).toBe('x'))
})

test('a target that is not there resets whoever asks for it', async () => {
  const gone = await startTcpProxy({
    name: 'here>nowhere',
    target: { host: '127.0.0.1', port: 1 },
    random: seededRandom(1),
  })
  const near = watched(connect({ host: '127.0.0.1', port: gone.port }))
  await eventually(() => expect(near.error).toBe('ECONNRESET'))
  await gone.close()
})

test('closing ends everything, also what is in a black hole', async () => {
  const { near, far } = await open()
  await proxy.add({ type: 'timeout' })
  const late = watched(connect({ host: '127.0.0.1', port: proxy.port }))
  near.socket.write('x')
  await proxy.close()
  await eventually(() => expect([near.error, far.error]).toEqual(['ECONNRESET', 'ECONNRESET']))
  await eventually(() => expect(late.error).toBeDefined())
  await eventually(() => expect(proxy.connections()).toBe(0))
})
