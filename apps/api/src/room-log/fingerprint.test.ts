import { LogCommand, type LogCommandOf } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'

const command: LogCommandOf<'message:send'> = {
  kind: 'message:send',
  actor: { id: 'ada', kind: 'user' },
  roomId: '01900000-0000-7000-8000-000000000001',
  clientMsgId: '01900000-0000-7000-8000-000000000002',
  type: 'text',
  text: 'hello',
  payload: { a: 1, b: [{ c: 2, d: 3 }] },
  mentions: ['bob'],
}
const hex = (one: LogCommand): string => fingerprintOf(one).toString('hex')

test('a retry has the same fingerprint, and another content another', () => {
  expect(hex({ ...command })).toBe(hex(command))
  expect(fingerprintOf(command)).toHaveLength(8)
  const others = [
    { ...command, text: 'hello!' },
    { ...command, payload: { a: 1 } },
    { ...command, mentions: ['bob', 'eve'] },
    { ...command, replyTo: 1 },
    { ...command, silent: true },
  ]
  expect(new Set([command, ...others].map(hex)).size).toBe(6)
})

test.each(['message:send', 'message:edit', 'message:delete'])(
  'each attempt at a %s is of the same',
  (kind) => {
    const attempt = { id: '01900000-0000-7000-8000-000000000003', number: 1, isRetry: false }
    const asked = { ...command, kind, seq: 1 } as LogCommandOf<'message:edit'>
    const attempts = [
      asked,
      { ...asked, attempt },
      { ...asked, attempt: { ...attempt, number: 2 } },
    ]
    expect(new Set(attempts.map(hex)).size).toBe(1)
  },
)

test('a retry over REST of what was sent by socket is the same command: C3 knows no transports', () => {
  // As `post /v1/rooms/:id/messages` builds it: the body first, then what the path and headers say.
  const { kind, actor, roomId, clientMsgId, ...body } = command
  const bySocket = LogCommand.parse({ kind, actor, ...body, roomId, clientMsgId })
  const byRest = { ...body, kind, actor, roomId, clientMsgId }
  expect(hex(byRest)).toBe(hex(bySocket))
})

test('a JSON object has no order: a payload that was encoded anew is the same payload', () => {
  expect(hex({ ...command, payload: { b: [{ d: 3, c: 2 }], a: 1 } })).toBe(hex(command))
  expect(hex({ ...command, payload: { list: [1, 2] } })).not.toBe(
    hex({ ...command, payload: { list: [2, 1] } }),
  )
})
