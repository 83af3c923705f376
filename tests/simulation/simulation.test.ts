import { expect, test } from 'vitest'
import type { Mix } from './schedule/plan.ts'
import { runSchedule } from './schedule/run-schedule.ts'
import { describeFailure } from './schedule/shrink.ts'

/** The same ones every time; a long run begins elsewhere: `SIMULATE_FROM`, `SIMULATE_SEEDS`. */
const FROM = Number(process.env['SIMULATE_FROM'] ?? 1)
const SEEDS = Number(process.env['SIMULATE_SEEDS'] ?? 300)
const IN_ONE_TEST = 50
const FAILURES_SHOWN = 3

const partsOf = (mix: Mix, seeds: number) =>
  Array.from({ length: Math.ceil(seeds / IN_ONE_TEST) }, (_, n) => {
    const from = FROM + n * IN_ONE_TEST
    return { mix, from, to: Math.min(from + IN_ONE_TEST, FROM + seeds) - 1 }
  })
const parts = [
  ...partsOf('talk', SEEDS),
  ...partsOf('marks', Math.ceil(SEEDS / 3)),
  ...partsOf('crowd', Math.ceil(SEEDS / 2)),
  ...partsOf('order', Math.ceil(SEEDS / 2)),
  ...partsOf('plain', Math.ceil(SEEDS / 3)),
  ...partsOf('tabs', Math.ceil(SEEDS / 3)),
]

test.each(parts)('$mix: seeds $from to $to keep every promise', async ({ mix, from, to }) => {
  const failures: string[] = []
  let told = 0
  let committed = 0
  for (let seed = from; seed <= to; seed += 1) {
    const outcome = await runSchedule(seed, { mix })
    told += outcome.told
    committed += outcome.committed
    if (outcome.violations.length === 0) continue
    if (failures.length < FAILURES_SHOWN) failures.push(await describeFailure(outcome))
    else failures.push(`seed ${seed}`)
  }
  expect(failures.join('\n\n')).toBe('')
  // Where nothing is said, nothing can be lost.
  const count = to - from + 1
  expect(committed).toBeGreaterThan(10 * count)
  expect(told).toBeGreaterThan(20 * count)
})

test('the same seed makes the same schedule, to the last packet', async () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const first = await runSchedule(seed)
    await runSchedule(seed + 100)
    const second = await runSchedule(seed, { isTraced: true })
    expect(second.events).toBe(first.events)
    expect(second.digest).toBe(first.digest)
    expect(second.trace.length).toBeGreaterThan(100)
  }
})

test('another seed makes another schedule', async () => {
  const digests = new Set<string>()
  for (let seed = 1; seed <= 20; seed += 1) digests.add((await runSchedule(seed)).digest)
  expect(digests.size).toBe(20)
})
