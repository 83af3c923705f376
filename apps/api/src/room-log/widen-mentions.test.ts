import { randomUUID } from 'node:crypto'
import type { LogCommandOf } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'
import { widenMentions } from './widen-mentions.ts'

const [roomId, clientMsgId] = [randomUUID(), randomUUID()]
const send = (more: Partial<LogCommandOf<'message:send'>>): LogCommandOf<'message:send'> => ({
  kind: 'message:send',
  actor: { id: 'ada', kind: 'user' },
  roomId,
  clientMsgId,
  text: 'hello',
  ...more,
})

test.each([
  [{ mentions: ['@room'] }, { mentions: [], mentionAll: 'room' }],
  [{ mentions: ['@here', 'bob'] }, { mentions: ['bob'], mentionAll: 'here' }],
  [{ mentions: ['@here', '@room'] }, { mentions: [], mentionAll: 'room' }],
  [
    { mentions: ['@room'], mentionAll: 'here' },
    { mentions: [], mentionAll: 'room' },
  ],
  [
    { mentions: ['@here'], mentionAll: 'room' },
    { mentions: [], mentionAll: 'room' },
  ],
] as const)('%j means %j', (said, meant) => {
  const more = { ...said, mentions: [...said.mentions] }
  expect(widenMentions(send(more))).toEqual(send({ ...meant, mentions: [...meant.mentions] }))
})

test('what names people only stays the very same', () => {
  for (const more of [{}, { mentions: ['bob', '@rooms'] }, { mentionAll: 'room' as const }]) {
    const command = send(more)
    expect(widenMentions(command)).toBe(command)
  }
})

test('both forms are one command', () => {
  const one = widenMentions(send({ mentions: ['@here'] }))
  expect(fingerprintOf(one)).toEqual(fingerprintOf(send({ mentionAll: 'here' })))
})
