import { expect, test } from 'vitest'
import { whyUnequal, whyVoid, type RunFacts } from './validity.ts'

const GOOD: RunFacts = {
  expected: 1_000,
  delivered: 990,
  foreign: 0,
  latenciesMs: [1, 2, 3],
  sent: 10,
  acked: 10,
  plannedMs: 10_000,
  elapsedMs: 10_400,
  shardCounts: [540, 450],
  generators: [{ name: 'generator 1', cpuShare: 0.4, loopDelayP99Ms: 12 }],
  mostLoopDelayMs: 250,
  clockOffsetMs: 0,
}

test('a run that lost messages is as valid as one that lost none', () => {
  expect(whyVoid(GOOD)).toEqual([])
  expect(whyVoid({ ...GOOD, delivered: 1_000, shardCounts: [550, 450] })).toEqual([])
})

test.each<[string, Partial<RunFacts>, RegExp]>([
  ['more was delivered than sent', { delivered: 1_001 }, /above 100 %/u],
  [
    'something was received before it was sent',
    { latenciesMs: [1, -0.1, 2] },
    /1 latencies are negative/u,
  ],
  ['a latency is no number', { latenciesMs: [Number.NaN] }, /negative/u],
  ['the clocks differ', { clockOffsetMs: 40 }, /differ by 40\.0 ms/u],
  ['it took too long', { elapsedMs: 15_001 }, /15\.0 s in place of 10\.0 s/u],
  ['all stopped together', { shardCounts: [400, 400], delivered: 800 }, /stopped at 400/u],
  [
    'a process had no time left',
    { generators: [{ name: 'g', cpuShare: 0.97, loopDelayP99Ms: 1 }] },
    /g was the wall: 97 %/u,
  ],
  [
    'a process was late',
    { generators: [{ name: 'g', cpuShare: 0.1, loopDelayP99Ms: 251 }] },
    /wall: its event loop was 251 ms late/u,
  ],
  ['messages are of another run', { foreign: 2 }, /2 messages are none of this run/u],
  [
    'nothing was sent',
    { sent: 0, acked: 0, expected: 0, delivered: 0, shardCounts: [0, 0] },
    /nothing was measured/u,
  ],
  ['nothing was acknowledged', { acked: 0, expected: 0, delivered: 0 }, /nothing was measured/u],
])('a run is void when %s', (_what, facts, reason) => {
  const reasons = whyVoid({ ...GOOD, ...facts })
  expect(reasons).toEqual([expect.stringMatching(reason)])
})

test('equal counts are no wall where nothing is missing, or where there is one process', () => {
  expect(whyVoid({ ...GOOD, shardCounts: [500, 500], delivered: 1_000 })).toEqual([])
  expect(whyVoid({ ...GOOD, shardCounts: [990] })).toEqual([])
})

test('two that were offline for unequal times cannot be compared', () => {
  expect(whyUnequal([2_000, 2_010], [1_990, 2_050])).toEqual([])
  expect(whyUnequal([2_000], [2_200])).toEqual([expect.stringContaining('2000 ms')])
  expect(whyUnequal([], [])).toEqual([])
})
