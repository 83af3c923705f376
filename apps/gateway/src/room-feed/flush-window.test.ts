import { expect, test } from 'vitest'
import { flushWindow, gatherMs } from './flush-window.ts'

test.each([
  [0, 0],
  [3, 0],
  [7, 3.75],
  [13, 7.5],
  [50, 30],
  [99, 30],
  [100, 60],
  [5_000, 60],
])('%i sockets: %d ms', (sockets, windowMs) => {
  expect(flushWindow(sockets, { fanoutMsPerSocket: 0.6, fanoutWindowMs: 60 })).toBe(windowMs)
})

test('a longest window of 0 gathers nothing', () => {
  expect(flushWindow(10_000, { fanoutMsPerSocket: 0.6, fanoutWindowMs: 0 })).toBe(0)
})

test('a quiet room waits for nobody', () => {
  expect(gatherMs(1_000, 0, 60)).toBe(0)
  expect(gatherMs(1_000, 940, 60)).toBe(0)
  expect(gatherMs(1_000, 999, 0)).toBe(0)
})

test('nobody waits for a clock that was set back', () => {
  expect(gatherMs(1_000, 9_000, 60)).toBe(0)
})

test('busy rooms go at moments that all gateways share, and those of short windows are among them', () => {
  const moment = (nowMs: number, windowMs: number): number =>
    nowMs + gatherMs(nowMs, nowMs - 1, windowMs)
  expect([601, 620, 659].map((nowMs) => moment(nowMs, 60))).toEqual([660, 660, 660])
  expect([601, 620, 659].map((nowMs) => moment(nowMs, 30))).toEqual([630, 630, 660])
  expect(moment(660, 60)).toBe(720)
})
