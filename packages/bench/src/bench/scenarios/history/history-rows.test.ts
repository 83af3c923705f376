import { expect, test } from 'vitest'
import { toRow, type Batch } from './history-rows.ts'

const batch = (
  apiCpuUs: number,
  databaseCpuUs: number,
  tookMs: number[],
  rowsRead = 100,
): Batch => ({
  tookMs,
  wallMs: tookMs.reduce((sum, ms) => sum + ms, 0),
  cost: { apiCpuUs, databaseCpuUs, otherCpuUs: 10, rowsRead, pagesFromDisk: 0 },
})

const page = (concurrency: number) => ({ name: 'a page', concurrency, grows: null })

test('ratios are of rounds, so that a slow round of both is none of the larger log', () => {
  const row = toRow(page(1), [
    { small: batch(50, 40, [1, 1]), large: batch(50, 40, [1, 1]) },
    { small: batch(990, 1_000, [20, 20]), large: batch(990, 1_000, [20, 20]) },
    { small: batch(50, 40, [1, 1]), large: batch(100, 90, [2, 2], 300) },
  ])
  expect(row).toMatchObject({ name: 'a page', concurrency: 1, ratio: 1, p50Ratio: 1 })
  expect(row.ratioRange).toEqual([1, 2])
  expect(row.databaseCpuRatio).toBe(1)
  expect(row.small.cpuUsPerRequest).toBe(50)
  expect(row.large.cpuUsPerRequest).toBe(100)
  expect(row.large.databaseCpuUs).toBe(45)
  expect(row.small.requestsPerSecond).toBe(1_000)
})

test('percentiles are of all requests of all rounds', () => {
  const fast = Array.from({ length: 98 }, () => 1)
  const row = toRow(page(8), [
    { small: batch(1, 1, fast), large: batch(1, 1, fast) },
    { small: batch(1, 1, [7, 9]), large: batch(1, 1, [1, 1]) },
  ])
  expect(row.small).toMatchObject({ p50Ms: 1, p99Ms: 7 })
  expect(row.large).toMatchObject({ p50Ms: 1, p99Ms: 1 })
})

test('rows that were looked at are told by request', () => {
  const row = toRow(page(1), [{ small: batch(1, 1, [1, 1], 100), large: batch(1, 1, [1, 1], 150) }])
  expect(row.small.rowsReadPerRequest).toBe(50)
  expect(row.rowsReadRatio).toBe(1.5)
})
