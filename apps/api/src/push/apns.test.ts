import { generateKeyPairSync } from 'node:crypto'
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import jwt from 'jsonwebtoken'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createApnsAdapter } from './apns.ts'
import type { PushAdapter } from './push-adapter.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const ROOM = '0190a5b0-0000-7000-8000-000000000001'
const MESSAGE = {
  type: 'message',
  roomId: ROOM,
  seq: 7,
  count: 2,
  reason: 'mention',
  title: 'Plans',
  body: 'Alice: Hello',
  ts: '2026-03-01T12:00:00.000Z',
} as const
const TARGET = { address: 'AB'.repeat(32), keys: null }

/** Apple, as far as it matters. */
let apple: Http2Server
let adapter: PushAdapter
let nowMs: number
let answer: { status: number; body?: object }
const sent: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = []
const sessions: ServerHttp2Session[] = []

beforeEach(async () => {
  sent.length = 0
  sessions.length = 0
  nowMs = Date.now()
  answer = { status: 200 }
  apple = createServer()
  apple.on('session', (session) => sessions.push(session))
  apple.on('stream', (stream, headers) => {
    let body = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      body += chunk
    })
    stream.on('end', () => {
      sent.push({ headers, body: JSON.parse(body) as Record<string, unknown> })
      stream.respond({ ':status': answer.status })
      stream.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((resolve) => {
    apple.listen(0, '127.0.0.1', resolve)
  })
  adapter = createApnsAdapter({
    key: privateKey,
    keyId: 'KEY1234567',
    teamId: 'TEAM123456',
    topic: 'com.example.chat',
    baseUrl: `http://127.0.0.1:${(apple.address() as AddressInfo).port}`,
    now: () => new Date(nowMs),
  })
})
afterEach(async () => {
  adapter.close?.()
  sessions.forEach((session) => session.destroy())
  await new Promise((resolve) => {
    apple.close(resolve)
  })
})

test('a message goes to the device over one connection, signed, with the room as its id', async () => {
  const outcomes = await Promise.all([1, 2, 3].map(() => adapter.send(TARGET, MESSAGE)))
  expect(outcomes).toEqual(['sent', 'sent', 'sent'])
  expect(sessions).toHaveLength(1)
  const { headers, body } = sent[0] ?? {}
  expect(headers).toMatchObject({
    ':method': 'POST',
    ':path': `/3/device/${'ab'.repeat(32)}`,
    'apns-topic': 'com.example.chat',
    'apns-push-type': 'alert',
    'apns-priority': '10',
    'apns-collapse-id': ROOM,
  })
  const token = String(headers?.authorization).replace('bearer ', '')
  const { header, payload } = jwt.verify(token, publicKey, {
    algorithms: ['ES256'],
    complete: true,
  })
  expect(header).toMatchObject({ alg: 'ES256', kid: 'KEY1234567' })
  expect(payload).toMatchObject({ iss: 'TEAM123456' })
  expect(body).toMatchObject({
    aps: { alert: { title: 'Plans', body: 'Alice: Hello' }, 'thread-id': ROOM },
    parley: MESSAGE,
  })
})

test('a notice is cleared in the background', async () => {
  const payload = { type: 'clear', roomId: ROOM, seq: 7 } as const
  expect(await adapter.send(TARGET, payload)).toBe('sent')
  expect(sent[0]?.headers).toMatchObject({ 'apns-push-type': 'background', 'apns-priority': '5' })
  expect(sent[0]?.body).toEqual({ aps: { 'content-available': 1 }, parley: payload })
})

test.each([
  [410, { reason: 'Unregistered' }, 'gone'],
  [400, { reason: 'BadDeviceToken' }, 'gone'],
  [400, { reason: 'PayloadTooLarge' }, 'refused'],
  [403, { reason: 'ExpiredProviderToken' }, 'retry'],
  [429, { reason: 'TooManyRequests' }, 'retry'],
  [503, { reason: 'ServiceUnavailable' }, 'retry'],
] as const)('status %i %j: %s', async (status, body, outcome) => {
  answer = { status, body }
  expect(await adapter.send(TARGET, MESSAGE)).toBe(outcome)
})

test('a provider token lives for a while, and no longer than Apple takes it', async () => {
  await adapter.send(TARGET, MESSAGE)
  nowMs += 30 * 60_000
  await adapter.send(TARGET, MESSAGE)
  nowMs += 11 * 60_000
  await adapter.send(TARGET, MESSAGE)
  const tokens = sent.map(({ headers }) => headers.authorization)
  expect(tokens[1]).toBe(tokens[0])
  expect(tokens[2]).not.toBe(tokens[0])
})

test('a connection that was ended is opened again', async () => {
  await adapter.send(TARGET, MESSAGE)
  const closed = new Promise((resolve) => {
    sessions[0]?.once('close', resolve)
  })
  sessions[0]?.destroy()
  await closed
  const outcomes = [await adapter.send(TARGET, MESSAGE), await adapter.send(TARGET, MESSAGE)]
  expect(outcomes.at(-1)).toBe('sent')
})
