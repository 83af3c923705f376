import { expect, test } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { faultPlan } from './fault-plan.ts'
import { FAULTS, findFault } from './fault-table.ts'

const NAMES = FAULTS.map(({ name }) => name)
const endOf = ({ startMs, durationMs }: { startMs: number; durationMs: number }) =>
  startMs + durationMs

test('the seed decides all of it, and another seed something else', () => {
  expect(faultPlan(7, NAMES, 60_000)).toEqual(faultPlan(7, NAMES, 60_000))
  expect(faultPlan(8, NAMES, 60_000)).not.toEqual(faultPlan(7, NAMES, 60_000))
})

test.each([1_000, 5_000, 20_000, 60_000, 600_000])('%i ms leave time to heal', (durationMs) => {
  for (let seed = 0; seed < 50; seed += 1) {
    const plan = faultPlan(seed, NAMES, durationMs)
    expect(plan.length).toBeGreaterThan(0)
    if (durationMs < 10_000) continue
    const last = Math.max(...plan.map(endOf))
    expect(last).toBeLessThanOrEqual(durationMs - 2_000)
  }
})

test('no fault comes twice before all others have come, and in a long run all come', () => {
  const names = faultPlan(3, NAMES, 600_000).map(({ name }) => name)
  expect(new Set(names.slice(0, NAMES.length)).size).toBe(NAMES.length)
})

test('some are alone, others overlap, and never more than two', () => {
  const plan = faultPlan(1, NAMES, 300_000)
  const overlaps = plan.map((one) =>
    plan.filter(
      (other) => other !== one && other.startMs < endOf(one) && one.startMs < endOf(other),
    ),
  )
  expect(overlaps.filter((others) => others.length === 0).length).toBeGreaterThan(3)
  expect(overlaps.filter((others) => others.length === 1).length).toBeGreaterThan(3)
  expect(overlaps.filter((others) => others.length > 1)).toEqual([])
})

test('what is to be broken may be named', () => {
  const [first] = faultPlan(1, ['way-timeout@g1>redis'], 10_000)
  expect(first).toMatchObject({ name: 'way-timeout', on: 'g1>redis' })
})

test('nothing is planned where nothing is asked for', () => {
  expect(faultPlan(1, [], 60_000)).toEqual([])
})

test('names are of one fault each, and one that is not there is refused', () => {
  expect(new Set(NAMES).size).toBe(NAMES.length)
  expect(() => findFault('moon')).toThrow("There is no fault 'moon'.")
})

test('random numbers of a seed are the same ever after, and spread', () => {
  const random = seededRandom('a seed')
  const drawn = Array.from({ length: 10_000 }, random)
  expect(drawn.slice(0, 3)).toEqual(Array.from({ length: 3 }, seededRandom('a seed')))
  const tenths = Array.from(
    { length: 10 },
    (_, at) => drawn.filter((number) => Math.floor(number * 10) === at).length,
  )
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150)
})
