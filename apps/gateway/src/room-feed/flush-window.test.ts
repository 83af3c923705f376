import { expect, test } from 'vitest'
import { flushWindow } from './flush-window.ts'

test.each([
  [0, 0],
  [10, 0],
  [16, 0],
  [20, 2],
  [100, 12],
  [500, 60],
  [5_000, 60],
])('%i sockets: %i ms', (sockets, windowMs) => {
  expect(flushWindow(sockets, { fanoutMsPerSocket: 0.12, fanoutWindowMs: 60 })).toBe(windowMs)
})

test('a longest window of 0 gathers nothing', () => {
  expect(flushWindow(10_000, { fanoutMsPerSocket: 0.12, fanoutWindowMs: 0 })).toBe(0)
})
