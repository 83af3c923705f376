import { afterEach, expect, test } from 'vitest'
import { skewClock } from './skew-clock.ts'

const RightDate = Date
afterEach(() => {
  globalThis.Date = RightDate
})

const HOUR_MS = 3_600_000

test('every way to ask for the time is wrong by the same', () => {
  skewClock(-HOUR_MS)
  const rightMs = RightDate.now()
  for (const ms of [Date.now(), new Date().getTime(), Date.parse(Date())]) {
    expect(Math.abs(ms + HOUR_MS - rightMs)).toBeLessThan(60_000)
  }
})

test('times that are given stay what they are', () => {
  skewClock(HOUR_MS)
  expect(new Date(5).getTime()).toBe(5)
  expect(new Date('2026-01-02T03:04:05Z').toISOString()).toBe('2026-01-02T03:04:05.000Z')
  expect(Date.UTC(2026, 0)).toBe(RightDate.UTC(2026, 0))
  expect(new Date()).toBeInstanceOf(Date)
  expect(new Date()).toBeInstanceOf(RightDate)
})

test('a clock that is right is not touched', () => {
  skewClock(0)
  expect(Date).toBe(RightDate)
})
