import { expect, test } from 'vitest'
import {
  effectiveLevel,
  isQuiet,
  toMinutes,
  toQuietHours,
  type LevelFacts,
} from './notify-level.ts'

const facts = (more: Partial<LevelFacts>): LevelFacts => ({
  kind: 'room',
  memberCount: 3,
  roomLevel: null,
  directLevel: null,
  level: null,
  ...more,
})

test.each<[Partial<LevelFacts>, string]>([
  [{}, 'mentions'],
  [{ kind: 'dm' }, 'all'],
  [{ kind: 'group' }, 'all'],
  [{ roomLevel: 'all' }, 'all'],
  [{ roomLevel: 'all', kind: 'dm', directLevel: 'none' }, 'none'],
  [{ roomLevel: 'none', level: 'all' }, 'all'],
  [{ level: 'all', memberCount: 1_000 }, 'all'],
  [{ level: 'all', memberCount: 1_001 }, 'mentions'],
  [{ level: 'none', memberCount: 1_001 }, 'none'],
])('%j is %s', (more, level) => {
  expect(effectiveLevel(facts(more))).toBe(level)
})

const hours = (timeZone: string, from: string, to: string) => toMinutes({ timeZone, from, to })
test.each([
  ['2026-01-10T21:59:59Z', false],
  ['2026-01-10T22:00:00Z', true],
  ['2026-01-11T05:29:59Z', true],
  ['2026-01-11T05:30:00Z', false],
])('over midnight: %s is quiet: %s', (at, quiet) => {
  expect(isQuiet(hours('UTC', '22:00', '05:30'), new Date(at))).toBe(quiet)
})

test('quiet hours follow the zone, in summer and in winter', () => {
  const berlin = hours('Europe/Berlin', '22:00', '23:00')
  expect(isQuiet(berlin, new Date('2026-01-10T21:30:00Z'))).toBe(true)
  expect(isQuiet(berlin, new Date('2026-07-10T21:30:00Z'))).toBe(false)
  expect(isQuiet(berlin, new Date('2026-07-10T20:30:00Z'))).toBe(true)
})

test('without quiet hours, or in a zone that nobody knows, it is never quiet', () => {
  expect(isQuiet(null, new Date())).toBe(false)
  expect(isQuiet({ timeZone: 'Moon/Crater', from: 0, to: 1439 }, new Date())).toBe(false)
})

test('minutes of the day are written as they were read', () => {
  const written = { timeZone: 'Asia/Tokyo', from: '00:05', to: '23:59' }
  expect(toQuietHours(toMinutes(written))).toEqual(written)
})
