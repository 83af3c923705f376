import { expect, test } from 'vitest'
import type { Window } from './measure-load.ts'
import { whyVoid } from './why-void.ts'

const ROLES = { front: 1, api: 0, worker: 0, broker: 0, database: 0 }
const TIMES = { p50: 1, p90: 1, p99: 1, max: 1 }

const windowOf = (result: Partial<Window['result']>, generatorShare = 0.5): Window => ({
  seconds: 5,
  messages: 100,
  deliveries: 1_000,
  cpuUs: ROLES,
  generatorShare,
  result: {
    owed: 1_000,
    delivered: 1_000,
    refused: 0,
    unanswered: 0,
    violations: [],
    latencyMs: TIMES,
    ackMs: TIMES,
    ...result,
  } as Window['result'],
  noise: { stealShare: 0, foreignShare: 0 } as Window['noise'],
})
const SET_PACE = { pace: { perSecond: 20 }, textLength: 200, rooms: ['r'] }
const CLOSED = { ...SET_PACE, pace: { inFlight: 8 } }

test('what was sent came, and the generator had time: nothing is void', () => {
  expect(whyVoid(windowOf({}), SET_PACE)).toEqual([])
})

test('what was not sent, and more than was owed', () => {
  expect(whyVoid(windowOf({ violations: ['seq 3 twice'] }))).toEqual([
    'not what was sent: seq 3 twice',
  ])
  expect(whyVoid(windowOf({ delivered: 1_001 }))).toEqual([
    'more was delivered than was owed: 1001 of 1000',
  ])
})

test('a generator that was the wall: void, unless all of a set pace came', () => {
  const wall = [expect.stringMatching(/wall: 98 %/u)]
  expect(whyVoid(windowOf({}, 0.98), SET_PACE)).toEqual([])
  expect(whyVoid(windowOf({}, 0.98), CLOSED)).toEqual(wall)
  expect(whyVoid(windowOf({ delivered: 999 }, 0.98), SET_PACE)).toEqual(wall)
  expect(whyVoid(windowOf({ refused: 1 }, 0.98), SET_PACE)).toEqual(wall)
})
