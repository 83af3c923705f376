import { expect, test } from 'vitest'
import { windowAround } from './list-messages.ts'

test.each([
  { older: [4, 3, 2, 1], newer: [5, 6, 7, 8], seqs: [3, 4, 5, 6], more: [true, true] },
  { older: [], newer: [5, 6, 7, 8, 9], seqs: [5, 6, 7, 8], more: [false, true] },
  { older: [4, 3, 2, 1, 0], newer: [], seqs: [1, 2, 3, 4], more: [true, false] },
  { older: [4], newer: [5, 6, 7, 8], seqs: [4, 5, 6, 7], more: [false, true] },
  { older: [4, 3, 2], newer: [5], seqs: [2, 3, 4, 5], more: [false, false] },
  { older: [4], newer: [5], seqs: [4, 5], more: [false, false] },
])('of $older and $newer, four are $seqs', ({ older, newer, seqs, more }) => {
  const window = windowAround(older, newer, 4)
  expect(window.seqs).toEqual(seqs)
  expect([window.hasMoreBefore, window.hasMoreAfter]).toEqual(more)
})
