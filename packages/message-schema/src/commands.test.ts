import { expect, test } from 'vitest'
import { COMMANDS, type CommandName } from './commands.ts'
import { CommandBatch } from './internal/gateway-api.ts'
import { ReactionKey } from './message.ts'

const roomId = '01900000-0000-7000-8000-000000000001'
const clientMsgId = '01900000-0000-7000-8000-000000000002'

const samples: Record<CommandName, Record<string, unknown>> = {
  'auth:refresh': { token: 'x' },
  sync: { rooms: { [roomId]: 0 }, limit: 10, epoch: 1 },
  'message:send': { roomId, clientMsgId, text: 'x', mentions: ['ada'], replyTo: 1, silent: true },
  'message:edit': { roomId, clientMsgId, seq: 1, text: 'x', ifVersion: 0 },
  'message:delete': { roomId, clientMsgId, seq: 1 },
  'reaction:set': { roomId, seq: 1, key: '👍', on: true },
  'pin:set': { roomId, seq: 1, on: true },
  'read:set': { roomId, upTo: 0, mode: 'set' },
  'typing:set': { roomId, on: true, threadId: 1 },
  'presence:subscribe': { userIds: ['ada'] },
  'presence:set': { status: 'dnd', text: null, idle: false },
}
const names = Object.keys(COMMANDS) as CommandName[]

test.each(names)('%s takes what it says, and no field that it does not know', (name) => {
  const { payload } = COMMANDS[name]
  expect(payload.safeParse(samples[name]).success).toBe(true)
  expect(payload.safeParse({ ...samples[name], isAdmin: true }).success).toBe(false)
  expect(payload.safeParse({ ...samples[name], x: null }).success).toBe(false)
})

test.each(names)('%s refuses what is no object at all', (name) => {
  for (const wrong of [undefined, null, 'text', 7, true, [], [samples[name]]]) {
    expect(COMMANDS[name].payload.safeParse(wrong).success, String(wrong)).toBe(false)
  }
})

test.each([
  ['message:send', 'clientMsgId'],
  ['message:send', 'roomId'],
  ['message:edit', 'seq'],
  ['message:edit', 'clientMsgId'],
  ['message:delete', 'clientMsgId'],
  ['read:set', 'upTo'],
  ['reaction:set', 'on'],
  ['pin:set', 'on'],
  ['typing:set', 'on'],
  ['presence:subscribe', 'userIds'],
] as const)('%s cannot do without its %s', (name, field) => {
  const { [field]: _, ...rest } = samples[name]
  expect(COMMANDS[name].payload.safeParse(rest).success).toBe(false)
})

test.each(['👍🏽', '👨‍💻', '🏳️‍🌈', '❤️‍🔥', '🤷🏽‍♀️', '👩‍👩‍👧‍👦', '👁️‍🗨️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '🇩🇪', 'party_parrot'])(
  '%s is a reaction',
  (key) => {
    expect(ReactionKey.safeParse(key).success).toBe(true)
  },
)

test.each([
  ['nothing', ''],
  ['a blank', 'a b'],
  ['a joiner that joins nothing', '👍\u200D'],
  ['a joiner among letters', 'a\u200Db'],
  ['a joiner alone', '\u200D'],
  ['a mark of direction', '\u202Ea'],
  ['a tag on no flag', '👍\u{E0067}\u{E007F}'],
  ['tags that do not end', '🏴\u{E0067}'],
  ['a soft hyphen', 'a\u00AD'],
])('%s is none', (_, key) => {
  expect(ReactionKey.safeParse(key).success).toBe(false)
})

test('who acts is never taken from what a client sends', () => {
  const actor = { id: 'mallory', kind: 'system' }
  for (const name of names) {
    expect(COMMANDS[name].payload.safeParse({ ...samples[name], actor }).success).toBe(false)
  }
})

test('commands pass from gateway to API as they were: nothing is dropped or refused on the way', () => {
  const commands = (
    [
      'message:send',
      'message:edit',
      'message:delete',
      'reaction:set',
      'pin:set',
      'read:set',
    ] as const
  ).map((kind) => ({ kind, actor: { id: 'ada', kind: 'user' }, ...samples[kind] }))
  expect(CommandBatch.parse({ commands }).commands).toEqual(commands)
})
