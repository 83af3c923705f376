import { expect, test } from 'vitest'
import { parseChatFlags } from './chat-flags.ts'

test('takes who and where, and the name without regard to case', () => {
  expect(parseChatFlags(['--as', 'Alice', '--room', 'lobby', '--gateway', 'g2'])).toEqual({
    as: 'alice',
    room: 'lobby',
    gateway: 'g2',
  })
  expect(parseChatFlags(['--help'])).toBeNull()
})

test('says in a sentence what is missing or wrong', () => {
  expect(() => parseChatFlags(['--room', 'lobby'])).toThrow('Who are you?')
  expect(() => parseChatFlags(['--as', 'alice'])).toThrow('Which room?')
  expect(() => parseChatFlags(['--as', 'a', '--room', 'r', '--url', 'x'])).toThrow('--url takes')
  expect(() => parseChatFlags(['--loud'])).toThrow('--loud')
})
