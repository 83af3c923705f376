import type { Event, SyncResult } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createGuaranteeMonitor } from './guarantee-monitor.ts'
import { KEPT } from './guarantees.ts'

const R = 'r1'
const eventsOf = (...seqs: number[]) => ({
  roomId: R,
  head: Math.max(...seqs),
  events: seqs.map((seq) => ({ seq }) as Event),
})
const synced = (from: number, to: number): SyncResult => ({
  rooms: { [R]: { from, to, head: to, events: [] } },
  epoch: 1,
})

function setUp() {
  const clock = createFakeClock()
  const monitor = createGuaranteeMonitor({ startTimer: clock.startTimer })
  const link = monitor.watchLink()
  const live = (...seqs: number[]): void => link.fact('room:events', eventsOf(...seqs))
  const counts = () => {
    clock.advance(1_000)
    return monitor.guarantees.current
  }
  return { clock, monitor, link, live, counts }
}

test('a stream that goes on where the sync ended is as it was promised', () => {
  const { link, live, counts } = setUp()
  link.synced(synced(0, 10))
  live(11, 12)
  live(13)
  expect(counts()).toEqual({ ...KEPT, events: 3 })
})

test.each([
  ['a hole', [[11], [13]], { gaps: 1 }],
  ['a hole within one fact', [[11, 15]], { gaps: 3 }],
  ['the beginning left out', [[12]], { gaps: 1 }],
  ['an event once more', [[11], [11]], { doubles: 1 }],
  [
    'a fact once more',
    [
      [11, 12],
      [11, 12],
    ],
    { doubles: 2 },
  ],
  ['what the sync had told', [[10], [11]], { doubles: 1 }],
  ['an event after a later one', [[12], [11]], { gaps: 1, regressions: 1 }],
  ['that one once more', [[12], [11], [11]], { gaps: 1, regressions: 1, doubles: 1 }],
  ['two holes filled from the end', [[12], [14], [13], [11]], { gaps: 2, regressions: 2 }],
] as const)('%s is counted', (_, facts, wrong) => {
  const { link, live, counts } = setUp()
  link.synced(synced(0, 10))
  for (const seqs of facts) live(...seqs)
  expect(counts()).toEqual({ ...KEPT, events: facts.flat().length, ...wrong })
})

test('without a sync a room begins where its first event is', () => {
  const { live, counts } = setUp()
  live(101)
  live(102)
  expect(counts()).toEqual({ ...KEPT, events: 2 })
  live(50)
  expect(counts()).toMatchObject({ regressions: 1, doubles: 0 })
})

test('events that were on their way when a sync was asked for are no fault', () => {
  const { link, live, counts } = setUp()
  link.synced(synced(0, 10))
  live(11)
  // Asked for now, from 5: the server hands over 12 before it hears of it, and answers up to 14.
  live(12)
  link.synced(synced(5, 14))
  live(15)
  expect(counts()).toEqual({ ...KEPT, events: 3 })
})

test('an answer behind what was handed over takes nothing back', () => {
  const { link, live, counts } = setUp()
  live(11)
  live(12)
  link.synced(synced(0, 11))
  live(12)
  expect(counts()).toMatchObject({ doubles: 1, gaps: 0 })
})

test('a reset goes on after its head, and who is no member hears nothing', () => {
  const { link, live, counts } = setUp()
  link.synced({ rooms: { [R]: { reset: true, head: 500, reason: 'too-far' } }, epoch: 1 })
  live(501)
  link.synced({ rooms: { [R]: { reset: true, head: 0, reason: 'not-member' } }, epoch: 1 })
  live(7)
  expect(counts()).toEqual({ ...KEPT, events: 2 })
})

test('who comes into a room begins at its head, also for a second time', () => {
  const { link, live, counts } = setUp()
  link.fact('room:added', { roomId: R, head: 20 })
  live(21, 22)
  link.fact('room:removed', { roomId: R })
  link.fact('room:added', { roomId: R, head: 29 })
  live(30)
  expect(counts()).toEqual({ ...KEPT, events: 3 })
  live(32)
  expect(counts()).toMatchObject({ gaps: 1 })
})

test('each link has an order of its own, and they are counted together', () => {
  const { monitor, link, live, counts } = setUp()
  link.synced(synced(0, 10))
  live(11, 12)
  const other = monitor.watchLink()
  other.synced(synced(12, 12))
  other.fact('room:events', eventsOf(13))
  live(13)
  expect(counts()).toEqual({ ...KEPT, events: 4 })
})

test('it is told once a second, and what is wrong at once', () => {
  const { clock, monitor, live } = setUp()
  const told: number[] = []
  monitor.guarantees.subscribe(() => told.push(monitor.guarantees.current.events))
  for (let seq = 1; seq <= 50; seq += 1) live(seq)
  expect(told).toEqual([])
  clock.advance(1_000)
  expect(told).toEqual([50])
  live(52)
  expect(told).toEqual([50, 51])
  expect(clock.running()).toBe(0)
})
