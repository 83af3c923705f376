import { expect, test } from 'vitest'
import { decideNotice, type DuePair, type PendingMessage } from './decide-notification.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const message = (seq: number, more: Partial<PendingMessage> = {}): PendingMessage => ({
  seq,
  reason: 'message',
  isGone: false,
  isBlocked: false,
  ...more,
})
const member = { readSeq: 4, visibleFrom: 1, snoozedUntil: null }
const pair = (more: Partial<DuePair> = {}): DuePair => ({
  userId: 'bob',
  roomId: 'room',
  member,
  levels: { kind: 'dm', memberCount: 2, roomLevel: null, directLevel: null, level: null },
  quiet: null,
  isDoNotDisturb: false,
  shown: null,
  messages: [message(5), message(6)],
  ...more,
})

test('one notice for all that is unread', () => {
  expect(decideNotice(pair(), NOW)).toEqual({ seq: 6, reason: 'message', count: 2, shownFrom: 5 })
})

test('the strongest reason is that of the notice', () => {
  const messages = [message(5, { reason: 'reply' }), message(6), message(7, { reason: 'mention' })]
  expect(decideNotice(pair({ messages }), NOW)?.reason).toBe('mention')
  expect(decideNotice(pair({ messages: messages.slice(0, 2) }), NOW)?.reason).toBe('reply')
})

test.each<[string, Partial<DuePair>]>([
  ['read', { member: { ...member, readSeq: 6 } }],
  ['not visible', { member: { ...member, visibleFrom: 7 } }],
  ['no member', { member: null }],
  ['snoozed', { member: { ...member, snoozedUntil: new Date(NOW.getTime() + 1) } }],
  ['do not disturb', { isDoNotDisturb: true }],
  ['quiet hours', { quiet: { timeZone: 'UTC', from: 11 * 60, to: 13 * 60 } }],
  ['level none', { levels: { ...pair().levels, level: 'none' } }],
  ['level mentions', { levels: { ...pair().levels, level: 'mentions' } }],
  ['deleted', { messages: [message(5, { isGone: true })] }],
  ['of somebody blocked', { messages: [message(5, { isBlocked: true })] }],
  ['shown already', { shown: { from: 5, to: 6, count: 2 } }],
  ['nothing', { messages: [] }],
])('%s: no notice', (_name, more) => {
  expect(decideNotice(pair(more), NOW)).toBeNull()
})

test('a snooze that is over counts no more', () => {
  expect(decideNotice(pair({ member: { ...member, snoozedUntil: NOW } }), NOW)?.count).toBe(2)
})

test('level mentions tells of mentions and answers only', () => {
  const levels = { ...pair().levels, level: 'mentions' as const }
  const messages = [message(5), message(6, { reason: 'reply' }), message(7)]
  expect(decideNotice(pair({ levels, messages }), NOW)).toMatchObject({ seq: 6, count: 1 })
})

test('what is still shown is counted with it, unless some of it was read', () => {
  const shown = { from: 5, to: 6, count: 2 }
  const messages = [message(8)]
  expect(decideNotice(pair({ shown, messages }), NOW)).toMatchObject({ count: 3, shownFrom: 5 })
  const read = { ...member, readSeq: 5 }
  expect(decideNotice(pair({ shown, messages, member: read }), NOW)).toMatchObject({
    count: 1,
    shownFrom: 8,
  })
})
