import { expect, test } from 'vitest'
import { medianOfRecords } from './median-of-records.ts'

test('each figure by itself, in whatever depth, and between the two in the middle', () => {
  const rounds = [
    { bytes: 10, idle: { front: 1, api: 9 } },
    { bytes: 30, idle: { front: 5, api: 7 } },
    { bytes: 20, idle: { front: 3, api: 8 } },
  ]
  expect(medianOfRecords(rounds)).toEqual({ bytes: 20, idle: { front: 3, api: 8 } })
  expect(medianOfRecords(rounds.slice(0, 2))).toEqual({ bytes: 20, idle: { front: 3, api: 8 } })
  expect(() => medianOfRecords([])).toThrow('Nothing was measured.')
})
