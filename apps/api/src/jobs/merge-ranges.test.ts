import { expect, test } from 'vitest'
import { mergeRanges } from './merge-ranges.ts'

const range = (roomId: string, fromSeq: number, toSeq: number) => ({ roomId, fromSeq, toSeq })

test('what touches or overlaps in a room becomes one range, whatever its order', () => {
  expect(
    mergeRanges([
      range('a', 4, 6),
      range('b', 1, 1),
      range('a', 1, 3),
      range('a', 5, 9),
      range('a', 12, 12),
    ]),
  ).toEqual([range('a', 1, 9), range('a', 12, 12), range('b', 1, 1)])
})

test('a gap stays a gap: what is between is somebody else’s', () => {
  const ranges = [range('a', 1, 2), range('a', 4, 4)]
  expect(mergeRanges(ranges)).toEqual(ranges)
  expect(mergeRanges([])).toEqual([])
})
