import { expect, test } from 'vitest'
import { FailPoints } from './fail-points.ts'

test('nothing fails in a process that was not started for it, whatever is armed', () => {
  const points = new FailPoints(false)
  points.arm('lose-news', 5)
  expect(points.enabled).toBe(false)
  expect(points.hit('lose-news')).toBe(false)
  points.arm('before-commit', 1)
  // Were it armed, this process would be gone.
  points.dieAt('before-commit')
})

test('an armed point fails so many passes and no more, and no other point', () => {
  const points = new FailPoints(true)
  expect(points.hit('lose-news')).toBe(false)
  points.arm('lose-news', 2)
  expect(points.hit('before-commit')).toBe(false)
  expect([1, 2, 3].map(() => points.hit('lose-news'))).toEqual([true, true, false])
  points.arm('lose-news', 3)
  points.arm('lose-news', 0)
  expect(points.hit('lose-news')).toBe(false)
})
