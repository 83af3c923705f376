import { expect, test } from 'vitest'
import { countTests } from './test-counts.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((outcome) => ({ status: outcome })),
})

test('everything that neither passed nor failed was skipped', () => {
  const testResults = [
    file('passed', 'passed', 'skipped', 'todo'),
    file('failed', 'failed', 'passed'),
  ]
  expect(countTests({ testResults })).toEqual({ passed: 2, failed: 1, skipped: 2 })
})

test('a file that could not be loaded counts as a failure', () => {
  const testResults = [file('failed'), file('failed', 'skipped'), file('passed', 'passed')]
  expect(countTests({ testResults })).toEqual({ passed: 1, failed: 2, skipped: 1 })
})
