import { expect, test } from 'vitest'
import { longestGaps, recoveries } from '../scoreboard/gaps.ts'
import { PresenceLog } from './presence-log.ts'

test('a gap is from the loss until it is live again; whoever is away still has one without an end', () => {
  const log = new PresenceLog()
  for (const reader of [0, 1, 2]) log.cameLive(reader, 0)
  expect(log.live).toBe(3)
  log.lost(0, 10, false)
  // It was not there: that is no second loss.
  log.lost(0, 12, false)
  log.cameLive(0, 40)
  log.lost(0, 50, true)
  log.cameLive(0, 60)
  log.lost(1, 55, false)
  expect(log.live).toBe(2)
  const gaps = log.read()
  expect(gaps).toEqual([
    { reader: 0, fromMs: 10, toMs: 40, isCut: false },
    { reader: 0, fromMs: 50, toMs: 60, isCut: true },
    { reader: 1, fromMs: 55, toMs: null, isCut: false },
  ])
  expect(longestGaps({ gaps }, 3)).toEqual([30, Number.POSITIVE_INFINITY, 0])
  expect(recoveries({ gaps })).toEqual({ ms: [30, 10], missing: 1 })
  log.begin()
  expect(log.read()).toEqual([{ reader: 1, fromMs: 55, toMs: null, isCut: false }])
})
