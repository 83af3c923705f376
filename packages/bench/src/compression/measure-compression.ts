import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'

// What compressing WebSocket messages costs and saves: `node --expose-gc …/measure-compression.js on|off`.

const CONNECTIONS = 500
const MESSAGES = 40
const WARM_UP = 5

const WORDS =
  'shall we meet at the station before noon I bring tickets and she has all maps of that old town tomorrow'.split(
    ' ',
  )

/** As gateways send it, with other words each time. */
function packetOf(n: number): string {
  const text = Array.from({ length: 14 }, (_, at) => WORDS[(n * 7 + at * at) % WORDS.length])
  const event = {
    seq: n,
    type: 'message:created',
    ts: new Date(1_700_000_000_000 + n * 1_733).toISOString(),
    actor: { id: `0197f0c1-aaaa-7000-8000-${String(n % 9).repeat(12)}`, kind: 'user' },
    msgNo: n,
    data: { type: 'text', text: text.join(' ') },
  }
  const roomId = '0197f0c1-0000-7000-8000-000000000000'
  return `42${JSON.stringify(['room:events', { roomId, head: n, events: [event] }])}`
}

/** The other process: takes everything, and tells how much it was. */
async function receive(port: number, perMessageDeflate: boolean): Promise<void> {
  let bytes = 0
  for (let n = 0; n < CONNECTIONS; n += 1) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate })
    socket.once('upgrade', ({ socket: wire }) => {
      wire.on('data', (chunk: Buffer) => (bytes += chunk.length))
    })
    await once(socket, 'open')
  }
  process.on('message', () => process.send?.(bytes))
  process.send?.('ready')
}

async function sendAll({ clients }: WebSocketServer, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) {
    const text = packetOf(n)
    const sent = [...clients].map(
      (socket) =>
        new Promise((resolve) => {
          socket.send(text, resolve)
        }),
    )
    await Promise.all(sent)
  }
}

function residentKiB(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss / 1_024
}

async function measure(mode: string): Promise<void> {
  const perMessageDeflate = mode === 'on' ? { threshold: 0 } : false
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const before = residentKiB()
  const { port } = http.address() as AddressInfo
  const readers = fork(process.argv[1] ?? '', [mode, String(port)], { execArgv: [] })
  await once(readers, 'message')
  await sendAll(server, 1, 1 + WARM_UP)
  const began = process.cpuUsage()
  await sendAll(server, 1 + WARM_UP, 1 + WARM_UP + MESSAGES)
  const { user, system } = process.cpuUsage(began)
  await sleep(500)
  const after = residentKiB()
  readers.send('how much?')
  const [bytes] = (await once(readers, 'message')) as [number]
  const figures = {
    mode,
    jsonBytes: packetOf(10).length,
    wireBytesADelivery: Math.round(bytes / CONNECTIONS / (MESSAGES + WARM_UP)),
    cpuMicrosADelivery: Math.round((user + system) / CONNECTIONS / MESSAGES),
    kibAConnection: Math.round((after - before) / CONNECTIONS),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  readers.kill()
  server.close()
  for (const socket of server.clients) socket.terminate()
  http.close()
}

const [mode = 'off', port] = process.argv.slice(2)
await (port === undefined ? measure(mode) : receive(Number(port), mode === 'on'))
