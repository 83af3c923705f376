import { expect, test } from 'vitest'
import { shares } from './start-generators.ts'

test.each([
  [1, 1],
  [8, 2],
  [1_000, 2],
  [999, 3],
  [5_000, 16],
])('%d readers are shared among %d processes, unequally', (total, count) => {
  const sizes = shares(total, count)
  expect(sizes).toHaveLength(count)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(total)
  if (total >= 100) expect(new Set(sizes).size).toBe(count)
})
