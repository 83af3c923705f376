import { expect, test } from 'vitest'
import type { Figures } from './figures-of.ts'
import { summarise } from './run-bench.ts'

const figures = (p50Ms: number, lost: number, refused: number): Figures => ({
  cpuUsPerDelivery: 1,
  cpuUsPerMessage: 1,
  messagesPerSecond: 1,
  deliveriesPerSecond: 1,
  p50Ms,
  p99Ms: 1,
  ackP50Ms: 1,
  ackP99Ms: 1,
  lost,
  refused,
  cpuUsByRole: { front: 1, api: 1, worker: 1, broker: 1, database: 1 },
  generatorShare: 0.5,
})

test('a noisy round costs no time, and what it lost is lost', () => {
  const round = { level: 'a', whyVoid: [] }
  const rounds = [
    { ...round, isNoisy: false, figures: figures(10, 1, 0) },
    { ...round, isNoisy: true, figures: figures(90, 7, 3) },
  ]
  expect(summarise('parley', rounds)).toMatchObject([
    { p50Ms: 10, lost: 8, refused: 3, rounds: 2, noisyRounds: 1 },
  ])
})
