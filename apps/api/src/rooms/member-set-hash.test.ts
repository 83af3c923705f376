import { expect, test } from 'vitest'
import { memberSetHash } from './member-set-hash.ts'

test('the order of people and naming them twice make no difference, anything else does', () => {
  const hash = memberSetHash(['a', 'b', 'Z'])
  expect(hash).toMatch(/^[0-9a-f]{64}$/u)
  expect(memberSetHash(['Z', 'b', 'a', 'b'])).toBe(hash)
  for (const others of [
    ['a', 'b'],
    ['a', 'b', 'z'],
    ['ab', 'Z'],
    ['a', 'b', 'Z', 'c'],
  ]) {
    expect(memberSetHash(others)).not.toBe(hash)
  }
})
