import { expect, test } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { trendOf, type Point } from './trend.ts'

const MINUTE_MS = 60_000
const line = (count: number, valueAt: (minute: number) => number): Point[] =>
  Array.from({ length: count }, (_, minute) => ({
    atMs: minute * MINUTE_MS,
    value: valueAt(minute),
  }))

test('a line has its slope, an hour', () => {
  const trend = trendOf(line(10, (minute) => 100 + minute / 2))
  expect(trend).toMatchObject({ points: 10, first: 100, last: 104.5, spanMs: 9 * MINUTE_MS })
  expect(trend?.slope).toBeCloseTo(30)
  expect(trend?.atLeast).toBeCloseTo(30)
})

test('outliers do not move it', () => {
  const trend = trendOf(line(20, (minute) => (minute === 18 ? 9_000 : minute)))
  expect(trend?.slope).toBeCloseTo(60, 0)
})

test('noise around a level is not sure to rise; noise around a rise is', () => {
  const random = seededRandom(3)
  const noise = line(60, () => 50 + 10 * random())
  expect(trendOf(noise)?.atLeast).toBeLessThan(2)
  const rising = line(60, (minute) => 50 + 10 * random() + minute)
  expect(trendOf(rising)?.atLeast).toBeGreaterThan(40)
})

test('more points than can be compared with one another are put together', () => {
  const trend = trendOf(line(5_000, (minute) => minute))
  expect(trend?.points).toBeLessThanOrEqual(240)
  expect(trend?.slope).toBeCloseTo(60)
})

test('of three points, and of points of one moment, nothing is said', () => {
  expect(trendOf(line(3, (minute) => minute))).toBeNull()
  const same = line(9, (minute) => minute).map(({ value }) => ({ atMs: 0, value }))
  expect(trendOf(same)).toBeNull()
})
