import { expect, test } from 'vitest'
import { createGaugeLog } from './gauge-log.ts'

test('warming up is left out; what was before is told beside it', () => {
  const log = createGaugeLog()
  log.before(new Map([['g1', { heapMiB: 30 }]]))
  for (let minute = 0; minute < 20; minute += 1) {
    // It fills for four minutes, and then stays.
    const heapMiB = 40 + 10 * Math.min(minute, 4)
    log.add(minute * 60_000, new Map([['g1', { heapMiB }]]))
  }
  const [verdict] = log.verdicts()
  expect(verdict).toMatchObject({ process: 'g1', gauge: 'heapMiB', before: 30, says: 'steady' })
  expect(verdict?.trend).toMatchObject({ points: 15, first: 80, last: 80, slope: 0 })
  expect(log.series()[0]?.points).toHaveLength(20)
})

test('a process that did not answer once has a point less', () => {
  const log = createGaugeLog()
  for (const reading of [{ keys: 1 }, {}, { keys: 3 }]) log.add(0, new Map([['redis', reading]]))
  expect(log.series()[0]?.points.map(({ value }) => value)).toEqual([1, 3])
})
