import type { Timeline, TimelineMessage } from '@parley/client'
import type { AuditRecord } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { auditWords } from './audit-words.ts'
import { numberChoices, numberOf, spanWords } from './choice-words.ts'
import { BAN_DURATIONS, endOf, MUTE_DURATIONS } from './durations.ts'
import { exportName } from './export-room.ts'
import { roleWord, roleWords } from './role-words.ts'
import { isForEver } from './room-rights.ts'
import { SNOOZE_TIMES } from './snooze-times.ts'
import { withRoot } from './with-root.ts'

test('spans of time are said in their largest whole unit', () => {
  expect([1, 90, 60, 3_600, 86_400, 604_800].map(spanWords)).toEqual([
    '1 second',
    '90 seconds',
    '1 minute',
    '1 hour',
    '1 day',
    '7 days',
  ])
})

test('a number that was set by another way is among the choices', () => {
  const label = (value: number): string => `${value}`
  const choices = numberChoices([null, 1, 30], 14, label, 'for ever')
  expect(choices.map((choice) => choice.label)).toEqual(['for ever', '1', '14', '30'])
  expect(choices.map(({ value }) => numberOf(value))).toEqual([null, 1, 14, 30])
})

test('what has no end is asked for without one, and known when it comes back', () => {
  expect(endOf(MUTE_DURATIONS, '10m')).toEqual({ forS: 600 })
  expect(endOf(BAN_DURATIONS, 'ever')).toEqual({})
  expect(isForEver(null)).toBe(true)
  expect(isForEver('9999-12-31T00:00:00.000Z')).toBe(true)
  expect(isForEver('2030-01-01T00:00:00.000Z')).toBe(false)
})

test('a snooze ends later than now, in the morning where it says so', () => {
  const now = new Date(2026, 11, 31, 23, 30)
  for (const { at } of SNOOZE_TIMES) expect(at(now).getTime()).toBeGreaterThan(now.getTime())
  const tomorrow = SNOOZE_TIMES.find(({ id }) => id === 'tomorrow')?.at(now)
  expect(tomorrow).toEqual(new Date(2027, 0, 1, 9))
})

test('roles of a backend are named like others', () => {
  expect([roleWord('admin'), roleWords('admin')]).toEqual(['Admin', 'Admins'])
  expect(roleWord('night-shift')).toBe('Night shift')
})

test('the name of an exported file has nothing that file systems refuse', () => {
  expect(exportName('Harbour: boats/weather?')).toBe('Harbour boats weather.ndjson')
  expect(exportName('港口')).toBe('港口.ndjson')
  expect(exportName('\u202E//')).toBe('room.ndjson')
  expect(exportName('x'.repeat(200)).length).toBeLessThan(70)
})

const record = (action: string, details?: Record<string, unknown>): AuditRecord => ({
  id: '',
  at: '2026-01-01T00:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  action,
  roomId: 'r',
  targetId: 'ben',
  ...(details !== undefined && { details }),
})

test('acts are told in words, unknown ones as the server names them', () => {
  expect(auditWords(record('member:ban', { reason: 'Spam' }))).toEqual({
    did: 'banned',
    more: 'Spam',
  })
  expect(auditWords(record('member:role', { role: 'moderator' })).more).toBe('to Moderator')
  const changed = { slowModeS: 10, frozen: true, something: 'new' }
  expect(auditWords(record('room:update', changed)).more).toBe('slow mode: 10 seconds, frozen')
  expect(auditWords(record('report:settled', { outcome: 'dismiss' })).more).toBe('Dismissed')
  expect(auditWords(record('moon:moved'))).toEqual({ did: 'moon:moved', more: null })
})

test('a thread begins with the message that it hangs on, once', () => {
  const message = (seq: number): TimelineMessage => ({ seq }) as TimelineMessage
  const timeline = {
    status: 'ready',
    items: [message(5)],
    hasBefore: false,
    prepended: 0,
  } as unknown as Timeline
  const root = message(3)
  expect(withRoot(timeline, root).items.map(({ seq }) => seq)).toEqual([3, 5])
  expect(withRoot(timeline, root).prepended).toBe(1)
  expect(withRoot({ ...timeline, items: [root, message(5)] }, root).items).toHaveLength(2)
  expect(withRoot({ ...timeline, hasBefore: true }, root).items).toHaveLength(1)
  expect(withRoot(timeline, null)).toBe(timeline)
})
