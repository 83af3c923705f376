import { expect, test } from 'vitest'
import { SendBuffers } from './send-buffers.ts'

test('the walk that has ended is told, and no longer the one before', () => {
  const buffers = new SendBuffers()
  for (let n = 0; n < 98; n += 1) buffers.note(0, false)
  buffers.note(1_000, false)
  buffers.note(300_000, true)
  expect(buffers.lastMax).toBe(0)
  buffers.endWalk()
  expect(buffers.lastMax).toBe(300_000)
  expect(buffers.lastLagging).toBe(1)
  expect(buffers.quantile(0.98)).toBe(0)
  expect(buffers.quantile(0.99)).toBe(1_023)
  expect(buffers.quantile(1)).toBe(524_287)
  buffers.note(5, false)
  buffers.endWalk()
  expect([buffers.lastMax, buffers.lastLagging, buffers.quantile(0.99)]).toEqual([5, 0, 7])
})

test('without sockets nothing is unsent', () => {
  const buffers = new SendBuffers()
  buffers.endWalk()
  expect(buffers.quantile(0.99)).toBe(0)
})
