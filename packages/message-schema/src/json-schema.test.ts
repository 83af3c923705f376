import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { exportJsonSchema } from './json-schema.ts'

const roomId = '01900000-0000-7000-8000-000000000001'
const clientMsgId = '01900000-0000-7000-8000-000000000002'
const ts = '2026-11-21T10:00:00.000Z'
const created = {
  seq: 2,
  msgNo: 1,
  ts,
  type: 'message:created',
  actor: { id: 'ada', kind: 'user' },
  data: { type: 'text', text: 'hello' },
}
const error = { code: 'NOT_FOUND', message: 'no', retryable: false, requestId: 'r' }

/** By the path inside the exported document. */
const SAMPLES: Record<string, unknown> = {
  handshake: { token: 'x', v: 1 },
  'commands/auth:refresh/payload': { token: 'x' },
  'commands/auth:refresh/data': { expiresAt: ts },
  'commands/sync/payload': { rooms: { [roomId]: 0 } },
  'commands/sync/data': {
    rooms: {
      [roomId]: { from: 1, to: 2, head: 2, events: [created] },
      [clientMsgId]: { reset: true, head: 9, reason: 'too-far' },
    },
    epoch: 1,
  },
  'commands/message:send/payload': { roomId, clientMsgId, text: 'x', payload: { a: [1, null] } },
  'commands/message:send/data': { seq: 2, msgNo: 1, ts, dup: true },
  'commands/message:edit/payload': { roomId, clientMsgId, seq: 2, text: 'x', ifVersion: 0 },
  'commands/message:edit/data': { seq: 3, version: 1 },
  'commands/message:delete/payload': { roomId, clientMsgId, seq: 2 },
  'commands/message:delete/data': { seq: 4 },
  'commands/reaction:set/payload': { roomId, seq: 2, key: '👍', on: true },
  'commands/reaction:set/data': { seq: 5 },
  'commands/pin:set/payload': { roomId, seq: 2, on: false },
  'commands/pin:set/data': {},
  'commands/typing:set/payload': { roomId, on: true, threadId: 2 },
  'commands/typing:set/data': {},
  'commands/presence:subscribe/payload': { userIds: ['ada'] },
  'commands/presence:subscribe/data': { states: [{ userId: 'ada', status: 'online' }] },
  'commands/presence:set/payload': { status: 'dnd', text: 'in a meeting' },
  'commands/presence:set/data': {},
  'commands/read:set/payload': { roomId, upTo: 2 },
  'commands/read:set/data': { readSeq: 2, unread: 0, mentions: 0 },
  'facts/session:ready': {
    sessionId: 's',
    userId: 'ada',
    serverTime: ts,
    expiresAt: ts,
    limits: { textCharacters: 1 },
    headsIntervalMs: 5_000,
    epoch: 1,
    gateway: 'gateway-1',
  },
  'facts/session:end': { code: 'DRAINING', reconnect: true, message: 'x' },
  'facts/auth:expiring': { expiresAt: ts },
  'facts/server:drain': { afterMs: 10 },
  'facts/room:events': { roomId, head: 2, events: [created] },
  'facts/room:heads': { [roomId]: 2 },
  'facts/room:added': { roomId, head: 2 },
  'facts/room:removed': { roomId },
  'facts/room:invited': { roomId, inviteId: clientMsgId, role: 'member', by: 'ada' },
  'facts/read:moved': { roomId, userId: 'ada', readSeq: 2, unread: 0 },
  'facts/message:ephemeral': { roomId, from: { id: 'ada', kind: 'user' }, text: 'psst', ts },
  'facts/typing': { roomId, users: [{ userId: 'ada', on: true }], others: 2 },
  'facts/presence': { states: [{ userId: 'ada', status: 'offline', lastSeenAt: ts }] },
  error,
  problem: { ...error, type: 'urn:x', title: 'no', status: 404 },
}

const exported = exportJsonSchema() as Record<string, Record<string, unknown>>
const schemaAt = (path: string): AnySchema =>
  path
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], exported) as AnySchema

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  allowUnionTypes: true,
  validateFormats: false,
})
const check = (path: string) => ajv.compile(schemaAt(path))

test('every command and every fact has a sample here', () => {
  const named = [
    ...Object.keys(exported['commands']!).flatMap((name) => [
      `commands/${name}/payload`,
      `commands/${name}/data`,
    ]),
    ...Object.keys(exported['facts']!).map((name) => `facts/${name}`),
  ]
  expect(
    Object.keys(SAMPLES)
      .filter((path) => path.includes('/'))
      .toSorted(),
  ).toEqual(named.toSorted())
})

test.each(Object.entries(SAMPLES))(
  '%s is JSON Schema, and a sample of it is valid',
  (path, sample) => {
    const validate = check(path)
    expect(validate(sample), JSON.stringify(validate.errors)).toBe(true)
    expect(validate('a text')).toBe(false)
  },
)

test('every schema of the REST routes is JSON Schema', () => {
  let count = 0
  for (const [route, parts] of Object.entries(exported['routes']!)) {
    for (const [part, schema] of Object.entries(parts as object)) {
      if (typeof schema !== 'object') continue
      expect(() => ajv.compile(schema), `${route} ${part}`).not.toThrow()
      count += 1
    }
  }
  expect(count).toBeGreaterThan(30)
})

test.each([
  ['commands/message:send/payload', { roomId, clientMsgId, text: 'x', isAdmin: true }],
  ['commands/message:send/payload', { roomId: 'lobby', clientMsgId, text: 'x' }],
  ['commands/read:set/payload', { roomId, upTo: -1 }],
  ['commands/message:delete/payload', { roomId, clientMsgId, seq: 0 }],
])('%s refuses what the server refuses: %j', (path, wrong) => {
  expect(check(path)(wrong)).toBe(false)
})

test.each([
  ['facts/room:added', { roomId, head: 2, since: ts }],
  ['facts/room:events', { roomId, head: 2, events: [{ ...created, pinned: true }] }],
  ['commands/message:send/data', { seq: 2, msgNo: 1, ts, epoch: 1 }],
  ['error', { ...error, hint: 'x' }],
])('%s lets a newer server say more: unknown fields are ignored, not refused', (path, newer) => {
  const validate = check(path)
  expect(validate(newer), JSON.stringify(validate.errors)).toBe(true)
})
