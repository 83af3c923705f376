import { expect, test } from 'vitest'
import { nextLook } from './clear-read.ts'

const SHOWN = new Date('2026-03-01T12:00:00Z')
const after = (ms: number): Date => new Date(SHOWN.getTime() + ms)

test('a notice is looked at the more seldom the older it is, and at last no more', () => {
  expect(nextLook(SHOWN, SHOWN)).toEqual(after(2_000))
  expect(nextLook(SHOWN, after(100_000))).toEqual(after(110_000))
  expect(nextLook(SHOWN, after(3_600_000))).toEqual(after(3_660_000))
  expect(nextLook(SHOWN, after(8 * 24 * 3_600_000))).toBeNull()
})
