import { expect, test } from 'vitest'
import { showCount, showKb, showMs, showPercent } from './show.ts'
import { ascending, quantile, spreadOf } from './statistics.ts'

test('a quantile is a value that was measured, by nearest rank', () => {
  const sorted = ascending([40, 10, 30, 20])
  expect([0, 0.25, 0.26, 0.5, 0.75, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([
    10, 10, 20, 20, 30, 40, 40,
  ])
})

test('of a hundred values the 99th is p99, and the last one the maximum', () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at)
  expect(spreadOf(values)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 })
})

test('numbers are ordered as numbers, also endless ones; of nothing there is no quantile', () => {
  expect([...ascending([100, 9, Number.POSITIVE_INFINITY, 20])]).toEqual([9, 20, 100, Infinity])
  expect(spreadOf([]).p99).toBeNaN()
})

test('figures are shown as a person reads them', () => {
  expect([0, 0.42, 9.94, 42.4, 1_234, 61_000, Number.NaN].map(showMs)).toEqual([
    '0 ms',
    '0.4 ms',
    '9.9 ms',
    '42 ms',
    '1.23 s',
    '61.0 s',
    '–',
  ])
  expect([100, 99.99, 0, Number.NaN].map(showPercent)).toEqual(['100 %', '99.99 %', '0.00 %', '–'])
  expect([showKb(15_360), showCount(1_234.4)]).toEqual(['15.0 KB', '1,234'])
})
