import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import jwt from 'jsonwebtoken'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFcmAdapter } from './fcm.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
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
  from: { id: 'alice', name: 'Alice' },
} as const
const TARGET = { address: 'a-token-of-a-device', keys: null }

/** Google, as far as it matters: gives tokens for signed assertions, and takes messages. */
let google: Server
let baseUrl: string
let tokens: number
let sent: { path: string; authorization: string; message: Record<string, unknown> }[]
let answer: { status: number; body: object }
let nowMs: number

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

beforeEach(async () => {
  tokens = 0
  sent = []
  nowMs = Date.now()
  answer = { status: 200, body: { name: 'projects/p/messages/1' } }
  google = createServer((request, response) => {
    void readBody(request).then((body) => {
      response.setHeader('content-type', 'application/json')
      if (request.url === '/token') {
        const assertion = new URLSearchParams(body).get('assertion') ?? ''
        const claims = jwt.verify(assertion, publicKey, { algorithms: ['RS256'] })
        expect(claims).toMatchObject({ iss: 'robot@p', aud: `${baseUrl}/token` })
        tokens += 1
        response.end(JSON.stringify({ access_token: `token-${tokens}`, expires_in: 3600 }))
        return
      }
      const { message } = JSON.parse(body) as { message: Record<string, unknown> }
      sent.push({
        path: request.url ?? '',
        authorization: request.headers.authorization ?? '',
        message,
      })
      response.statusCode = answer.status
      response.end(JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((resolve) => {
    google.listen(0, '127.0.0.1', resolve)
  })
  baseUrl = `http://127.0.0.1:${(google.address() as AddressInfo).port}`
})
afterEach(async () => {
  google.closeAllConnections()
  await new Promise((resolve) => {
    google.close(resolve)
  })
})

const create = () =>
  createFcmAdapter({
    account: {
      project_id: 'p',
      client_email: 'robot@p',
      private_key: privateKey,
      token_uri: `${baseUrl}/token`,
    },
    baseUrl,
    now: () => new Date(nowMs),
  })

test('a message goes to the token, with the room as its tag; the access token is kept', async () => {
  const adapter = create()
  expect(await Promise.all([1, 2].map(() => adapter.send(TARGET, MESSAGE)))).toEqual([
    'sent',
    'sent',
  ])
  expect(tokens).toBe(1)
  expect(sent[0]).toMatchObject({
    path: '/v1/projects/p/messages:send',
    authorization: 'Bearer token-1',
    message: {
      token: TARGET.address,
      notification: { title: 'Plans', body: 'Alice: Hello' },
      data: {
        type: 'message',
        roomId: ROOM,
        seq: '7',
        count: '2',
        sender: '{"id":"alice","name":"Alice"}',
      },
      android: { collapse_key: ROOM, priority: 'HIGH', notification: { tag: ROOM } },
    },
  })
  nowMs += 3600_000
  await adapter.send(TARGET, MESSAGE)
  expect(tokens).toBe(2)
})

test('a notice is cleared by data alone', async () => {
  expect(await create().send(TARGET, { type: 'clear', roomId: ROOM, seq: 7 })).toBe('sent')
  expect(sent[0]?.message['notification']).toBeUndefined()
  expect(sent[0]?.message['data']).toEqual({ type: 'clear', roomId: ROOM, seq: '7' })
})

test.each([
  [404, { error: { status: 'NOT_FOUND', details: [{ errorCode: 'UNREGISTERED' }] } }, 'gone'],
  [403, { error: { details: [{ errorCode: 'SENDER_ID_MISMATCH' }] } }, 'gone'],
  [400, { error: { status: 'INVALID_ARGUMENT' } }, 'refused'],
  [429, { error: { status: 'RESOURCE_EXHAUSTED' } }, 'retry'],
  [503, {}, 'retry'],
  [401, {}, 'retry'],
] as const)('status %i %j: %s', async (status, body, outcome) => {
  answer = { status, body }
  expect(await create().send(TARGET, MESSAGE)).toBe(outcome)
})

test('a token that is refused is asked for anew', async () => {
  const adapter = create()
  answer = { status: 401, body: {} }
  await adapter.send(TARGET, MESSAGE)
  answer = { status: 200, body: {} }
  expect(await adapter.send(TARGET, MESSAGE)).toBe('sent')
  expect(sent.map(({ authorization }) => authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-2',
  ])
})

test('nobody there: later', async () => {
  google.closeAllConnections()
  await new Promise((resolve) => {
    google.close(resolve)
  })
  expect(await create().send(TARGET, MESSAGE)).toBe('retry')
})
