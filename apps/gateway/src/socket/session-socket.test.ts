import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { ChatSocket } from './socket-types.ts'
import { toSessionSocket } from './session-socket.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

const MB = 1_024 * 1_024

/** Both ends of a connection, and a session's socket on that of the server. */
async function connect() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    maxPayload: 64 * MB,
  })
  const [[ws]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [
    [WebSocket],
    unknown,
  ]
  ends.push(() => {
    client.terminate()
    ws.terminate()
    server.close()
  })
  const writeBuffer: { data: string }[] = []
  const conn = { writeBuffer, transport: { name: 'websocket', socket: ws } }
  const socket = toSessionSocket({ id: 'one', conn } as unknown as ChatSocket)
  return { ws, client, writeBuffer, unsentBytes: () => socket.unsentBytes() }
}

test('of a long answer that is being read, only what has not gone yet is unsent', async () => {
  const { ws, client, unsentBytes } = await connect()
  client.pause()
  ws.send(Buffer.alloc(32 * MB))
  await sleep(300)
  // What the kernel has taken has gone, though the write as a whole has not.
  expect(ws.bufferedAmount).toBeGreaterThanOrEqual(32 * MB)
  const stuck = unsentBytes()
  expect(stuck).toBeLessThan(32 * MB)
  expect(stuck).toBeGreaterThan(8 * MB)
  await sleep(100)
  expect(unsentBytes()).toBe(stuck)
  const read = once(client, 'message')
  client.resume()
  while (unsentBytes() === stuck) await sleep(1)
  client.pause()
  expect(unsentBytes()).toBeLessThan(stuck)
  client.resume()
  await read
  expect(unsentBytes()).toBe(0)
})

test('what waits behind it, in ws and in Engine.IO, is unsent as a whole', async () => {
  const { ws, client, writeBuffer, unsentBytes } = await connect()
  client.pause()
  ws.send(Buffer.alloc(32 * MB))
  await sleep(300)
  const stuck = unsentBytes()
  ws.send('x'.repeat(1_000))
  expect(unsentBytes() - stuck).toBeGreaterThanOrEqual(1_000)
  expect(unsentBytes() - stuck).toBeLessThan(1_020)
  const waiting = unsentBytes()
  writeBuffer.push({ data: 'x'.repeat(500) })
  expect(unsentBytes()).toBe(waiting + 500)
})

test('who is seen to read is not expected to have answered the ping yet', () => {
  const pingTimeoutTimer = { refresh: vi.fn() }
  const reading = (conn: object): void =>
    toSessionSocket({ id: 'one', conn } as unknown as ChatSocket).noteReading?.()
  reading({ pingTimeoutTimer })
  expect(pingTimeoutTimer.refresh).toHaveBeenCalledOnce()
  // None is under way.
  reading({ pingTimeoutTimer: null })
})
