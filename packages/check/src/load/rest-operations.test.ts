import { expect, test } from 'vitest'
import { shorten } from './rest-operations.ts'

test('of a search it is kept which rooms the hits are of', () => {
  const data = [
    { message: { roomId: 'hall', seq: 4, text: 'a' } },
    { message: { roomId: 'den', seq: 9, text: 'b' } },
    { message: { roomId: 'hall', seq: 5, text: 'c' } },
  ]
  expect(shorten('search', { data })).toEqual({ seqs: [4, 9, 5], roomIds: ['hall', 'den'] })
})
