import { TARGET_ENV } from '@parley/check'
import { startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runMutant } from './run-mutant.ts'

const SEED = 5
/** Where nothing is broken only the machine is slow. */
const PATIENT = {
  quietWaitS: 30,
  bounds: { catchUpMs: 90_000, answerMs: 90_000, presenceMs: 90_000 },
}
/** Rooms are compared every second here: what has not come by then does not come. */
const SHORT = { quietWaitS: 2, bounds: { catchUpMs: 5_000 } }

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    gateways: 2,
    apis: 1,
    workers: 0,
    restart: true,
    env: {
      api: TARGET_ENV.api,
      gateway: { ...TARGET_ENV.gateway, FAIL_POINTS_ENABLED: 'true', HEADS_INTERVAL_MS: '1000' },
    },
  })
})
afterAll(() => cluster.stop())

const fault = (name: string, on: string, startMs: number) => ({
  name,
  on,
  startMs,
  durationMs: 500,
  seed: SEED,
})

/** Where each is at work, what brings it to light, and what it breaks first of all. */
const MUTANTS = [
  ['coalescer-reorders', ['g1'], [], ['C4', 'I6']],
  ['drain-drops', ['g1'], [fault('gateway-drain', 'g1', 1_500)], ['C4', 'I6']],
  ['no-repair', ['g1'], [fault('news-lost', 'a1', 1_000)], ['C5', 'I9']],
  ['membership-check-off', ['g1', 'g2'], [], ['C8', 'I8']],
  ['dedup-off', ['a1'], [], ['C3', 'I1', 'I3']],
  [
    'ack-before-commit',
    ['a1'],
    [fault('api-dies-before-commit', 'a1', 1_500)],
    ['C2', 'I1', 'I3', 'I5'],
  ],
] as const

test('without a mutant the same faults break nothing', { timeout: 300_000 }, async () => {
  const planned = MUTANTS.flatMap(([, , faults]) => faults)
  const whole = { mutant: '', broken: [], planned, seed: SEED, ...PATIENT }
  const verdict = await runMutant(cluster, whole)
  expect(verdict.says).toEqual([])
  expect(verdict.faults).toBeGreaterThan(1)
  expect(verdict.dups).toBeGreaterThan(0)
})

test.for(MUTANTS)(
  '%s is found',
  { timeout: 300_000 },
  async ([mutant, broken, planned, checks]) => {
    const verdict = await runMutant(cluster, { mutant, broken, planned, seed: SEED, ...SHORT })
    expect(verdict.acked).toBeGreaterThan(0)
    expect(verdict.found).toEqual(expect.arrayContaining([expect.toBeOneOf([...checks])]))
  },
)
