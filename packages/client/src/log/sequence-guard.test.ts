import { expect, test } from 'vitest'
import { seededRandom } from '../testing/seeded-random.ts'
import { SequenceGuard } from './sequence-guard.ts'

const at = (...seqs: number[]) => seqs.map((seq) => ({ seq }))
const seqsOf = (items: readonly { seq: number }[]) => items.map(({ seq }) => seq)

test('what comes too early is held until the hole before it is filled', () => {
  const guard = new SequenceGuard(4)
  expect(seqsOf(guard.offer(at(6, 7, 9)))).toEqual([])
  expect(guard.hasGap).toBe(true)
  expect(seqsOf(guard.offer(at(5)))).toEqual([5, 6, 7])
  expect(guard.position).toBe(7)
  expect(guard.hasGap).toBe(true)
  expect(seqsOf(guard.offer(at(8)))).toEqual([8, 9])
  expect(guard.hasGap).toBe(false)
})

test('what came before is dropped, whether it was handed on or is held', () => {
  const guard = new SequenceGuard(4)
  expect(seqsOf(guard.offer(at(4, 5, 5, 7, 7)))).toEqual([5])
  expect(seqsOf(guard.offer(at(5, 6, 6)))).toEqual([6, 7])
  expect(guard.hasGap).toBe(false)
})

test('what was skipped is not waited for, and what follows it is handed on', () => {
  const guard = new SequenceGuard(4)
  guard.offer(at(7, 11, 12))
  expect(seqsOf(guard.restart(10))).toEqual([11, 12])
  guard.offer(at(15))
  guard.forget(3)
  expect(guard.hasGap).toBe(false)
  expect(seqsOf(guard.offer(at(4)))).toEqual([4])
})

test('more than it may hold is let go of, and is missing until it comes again', () => {
  const guard = new SequenceGuard(0, 3)
  guard.offer(at(2, 3, 4, 5))
  expect(guard.hasGap).toBe(true)
  expect(seqsOf(guard.offer(at(1)))).toEqual([1])
  expect(guard.hasGap).toBe(true)
  expect(seqsOf(guard.offer(at(2, 3, 4, 5)))).toEqual([2, 3, 4, 5])
  expect(guard.hasGap).toBe(false)
})

test('whatever the order and however often, each comes once and in order', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = seededRandom(seed)
    const guard = new SequenceGuard(0, 20)
    const out: number[] = []
    const all = Array.from({ length: 100 }, (_, n) => n + 1)
    for (let step = 0; step < 400; step += 1) {
      const seq = Math.min(100, guard.position + 1 + Math.floor(random() * 12) - 3)
      out.push(...seqsOf(guard.offer(at(Math.max(1, seq)))))
    }
    out.push(...seqsOf(guard.offer(all.map((seq) => ({ seq })))))
    expect(out).toEqual(all)
  }
})
