import { expect, test } from 'vitest'
import { startsWith } from './starts-with.ts'

test('looks at what lies between the two places, and at nothing behind them', () => {
  const bytes = Buffer.from('xxroom-1xx')
  const starts = (from: number, to: number, prefix: string): boolean =>
    startsWith(bytes, from, to, Buffer.from(prefix))
  expect(starts(2, 8, 'room-1')).toBe(true)
  expect(starts(2, 10, 'room-1')).toBe(true)
  expect(starts(2, 7, 'room-1')).toBe(false)
  expect(starts(2, 8, 'room-2')).toBe(false)
  expect(starts(1, 8, 'room-1')).toBe(false)
  expect(starts(9, 9, '')).toBe(true)
})
