import { expect, test } from 'vitest'
import { SequenceGuard } from './sequence-guard.ts'

const items = (...seqs: number[]) => seqs.map((seq) => ({ seq }))
const seqs = (due: { seq: number }[]) => due.map(({ seq }) => seq)

test('hands on what is expected and drops what was there', () => {
  const guard = new SequenceGuard(3)

  expect(seqs(guard.offer(items(2, 3, 4, 5)))).toEqual([4, 5])
  expect(seqs(guard.offer(items(4, 5)))).toEqual([])
  expect(guard.position).toBe(5)
  expect(guard.hasGap).toBe(false)
})

test('holds what is too early until the hole before it is filled', () => {
  const guard = new SequenceGuard(0)

  expect(seqs(guard.offer(items(3)))).toEqual([])
  expect(guard.hasGap).toBe(true)
  expect(seqs(guard.offer(items(2)))).toEqual([])
  expect(seqs(guard.offer(items(1)))).toEqual([1, 2, 3])
  expect(guard.hasGap).toBe(false)
})

test('hands each event on once for any order of arrival', () => {
  const guard = new SequenceGuard(0)
  const arrivals = [5, 1, 3, 3, 2, 5, 4, 1, 7, 6]

  expect(arrivals.flatMap((seq) => seqs(guard.offer(items(seq))))).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('a restart goes on with what was held after the new position', () => {
  const guard = new SequenceGuard(1)
  guard.offer(items(4, 6, 7))

  expect(seqs(guard.restart(5))).toEqual([6, 7])
  expect(guard.hasGap).toBe(false)
})

test('another log begins without what was held of the old one', () => {
  const guard = new SequenceGuard(90)
  guard.offer(items(95))
  guard.forget(10)

  expect(guard.hasGap).toBe(false)
  expect(seqs(guard.offer(items(11)))).toEqual([11])
})
