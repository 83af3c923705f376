import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { MessageSend } from './message.ts'
import { invalidFrom } from './reply.ts'
import { MessageText, Payload } from './text.ts'

const emoji = '\u{1F600}'
const most = LIMITS.textCharacters

const send = (more: object) =>
  MessageSend.safeParse({
    roomId: '01900000-0000-7000-8000-000000000001',
    clientMsgId: '01900000-0000-7000-8000-000000000002',
    ...more,
  })
const codeOf = (more: object): string | undefined => {
  const { error } = send(more)
  return error === undefined ? undefined : invalidFrom(error).code
}

test.each([
  ['one letter', 'x'],
  ['the longest text of letters', 'x'.repeat(most)],
  ['the longest text of emoji, which is twice as long in UTF-16', emoji.repeat(most)],
  ['white space at the ends', '  x\n'],
  ['half letters, half emoji', 'x'.repeat(most / 2) + emoji.repeat(most / 2)],
])('%s is a text', (_, text) => {
  expect(MessageText.parse(text)).toBe(text)
})

test.each([
  ['one letter more', 'x'.repeat(most + 1)],
  ['one emoji more', emoji.repeat(most + 1)],
  ['a letter more than emoji', `${emoji.repeat(most)}x`],
  ['far more', 'x'.repeat(10 * most)],
])('%s than the longest is too large', (_, text) => {
  expect(codeOf({ text })).toBe('TOO_LARGE')
})

test.each([
  ['nothing', ''],
  ['blanks only', ' \n\t\u00A0\u2003 '],
  ['a lone high surrogate', 'a\uD83D'],
  ['a lone low surrogate', '\uDE00b'],
  ['surrogates in the wrong order', '\uDE00\uD83D'],
])('%s is no text', (_, text) => {
  expect(codeOf({ text })).toBe('INVALID')
})

const payloadOf = (bytes: number, filling = 'x'): Record<string, string> => {
  const frame = JSON.stringify({ a: '' }).length
  const size = new TextEncoder().encode(filling).length
  return {
    a: filling.repeat(Math.floor((bytes - frame) / size)) + 'x'.repeat((bytes - frame) % size),
  }
}

test('a payload is measured in bytes of UTF-8, and the last byte counts', () => {
  for (const filling of ['x', 'é', '漢', emoji]) {
    const largest = payloadOf(LIMITS.payloadBytes, filling)
    expect(new TextEncoder().encode(JSON.stringify(largest)), filling).toHaveLength(
      LIMITS.payloadBytes,
    )
    expect(codeOf({ payload: largest }), filling).toBeUndefined()
    expect(codeOf({ payload: { a: `${largest['a']}x` } }), filling).toBe('TOO_LARGE')
  }
})

test.each([[[1, 2]], ['text'], [null], [7], [{ f: () => 1 }], [{ n: Number.NaN }]])(
  '%j is not a payload: it is a JSON object',
  (payload) => {
    expect(codeOf({ payload })).toBe('INVALID')
  },
)

test.each([
  ['as a value', { x: '\uD83D' }],
  ['as a key', { '\uDE00': 1 }],
  ['in a list', { x: ['fine', 'a\uD83D'] }],
  ['as a key far below', { x: [{ y: { 'a\uD83Db': 1 } }] }],
])('half an emoji %s is no payload', (_, payload) => {
  expect(codeOf({ payload })).toBe('INVALID')
})

test('whole emoji are a payload, as keys and values', () => {
  expect(codeOf({ payload: { [emoji]: [emoji, { [emoji]: emoji }] } })).toBeUndefined()
})

test.each([
  ['objects', 2_700, (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`],
  ['lists', 8_000, (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`],
])('%s nested as deep as a payload has bytes for are refused in words', (_, depth, nested) => {
  // Thrown instead of refused, it would take the whole batch of commands that it travels in with it.
  const payload: unknown = JSON.parse(nested(depth))
  expect(Payload.safeParse(payload).success).toBe(false)
})

test('a message needs a text or a payload', () => {
  expect(codeOf({})).toBe('INVALID')
  expect(codeOf({ text: 'x' })).toBeUndefined()
  expect(codeOf({ payload: {} })).toBeUndefined()
})
