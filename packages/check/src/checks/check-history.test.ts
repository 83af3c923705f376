import { expect, test } from 'vitest'
import { exampleHistory } from '../testing/example-history.ts'
import { checkHistory } from './check-history.ts'
import { CHECKS } from './violation.ts'

test('everything holds in the example, and every check has something to look at', async () => {
  const results = await checkHistory(exampleHistory())
  expect(results.flatMap(({ violations }) => violations)).toEqual([])
  expect(results.map(({ check }) => check)).toEqual(CHECKS)
  expect(results.filter(({ state }) => state !== 'held')).toEqual([])
})

test('where there is nothing to look at, nothing is said', async () => {
  const results = await checkHistory([])
  expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['not-checked']))
})
