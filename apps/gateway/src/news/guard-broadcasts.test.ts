import { FACTS } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { guardBroadcasts, type BroadcastParser } from './guard-broadcasts.ts'

/** Like the adapter, with a parser that leaves everything as it is. */
function adapter(): { parser: BroadcastParser } {
  const same = (message: unknown): unknown => message
  const made = { parser: { encode: same, decode: same } }
  guardBroadcasts(made)
  return made
}

const passes = (message: unknown): boolean => {
  try {
    return adapter().parser.decode(message) === message
  } catch {
    return false
  }
}
const event = (name: unknown, type: unknown = 2) => ['emitter', { type, data: [name, {}] }, {}]

test('names of an application pass, and those facts that are told by broadcast', () => {
  expect(passes(event('order:paid'))).toBe(true)
  const passing = Object.keys(FACTS).filter((name) => passes(event(name)))
  expect(passing.toSorted()).toEqual(['message:ephemeral', 'read:moved', 'room:invited'])
})

test('what looks like the connection’s own does not', () => {
  for (const name of ['connect', 'disconnect', 'connect_error'])
    expect(passes(event(name))).toBe(false)
  // CONNECT, DISCONNECT, ACK.
  for (const type of [0, 1, 3]) expect(passes(event('order:paid', type))).toBe(false)
})

test.each([[[]], [['emitter']], [['emitter', null]], [['emitter', { type: 2 }]], [event(7)]])(
  'what is no broadcast at all does not: %j',
  (message) => {
    expect(passes(message)).toBe(false)
  },
)

test('what is written is as it was', () => {
  expect(adapter().parser.encode('x')).toBe('x')
})
