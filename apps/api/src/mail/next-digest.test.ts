import { expect, test } from 'vitest'
import { nextDigest, type DigestUser } from './send-digests.ts'

const HOUR_MS = 3_600_000
const NOW = new Date('2026-03-01T12:00:00Z')
const hoursFrom = (hours: number): Date => new Date(NOW.getTime() + hours * HOUR_MS)
const TERMS = { everyMs: 24 * HOUR_MS, afterMs: 4 * HOUR_MS }
const user = (more: Partial<DigestUser> = {}): DigestUser => ({
  userId: 'bob',
  address: 'bob@example.com',
  rhythm: 'daily',
  previews: true,
  sentAt: null,
  lastSeenAt: null,
  attempts: 1,
  ...more,
})

test.each<[string, Partial<DigestUser>, boolean, Date | 'now']>([
  ['never written to, never seen', {}, false, 'now'],
  ['off', { rhythm: 'off' }, false, hoursFrom(6)],
  ['written to five hours ago', { sentAt: hoursFrom(-5) }, false, hoursFrom(19)],
  ['a day ago', { sentAt: hoursFrom(-24) }, false, 'now'],
  ['hourly, five hours ago', { sentAt: hoursFrom(-5), rhythm: 'hourly' }, false, 'now'],
  [
    'hourly, half an hour ago',
    { sentAt: hoursFrom(-0.5), rhythm: 'hourly' },
    false,
    hoursFrom(0.5),
  ],
  ['there now', {}, true, hoursFrom(4)],
  ['there an hour ago', { lastSeenAt: hoursFrom(-1) }, false, hoursFrom(3)],
  ['away for long', { lastSeenAt: hoursFrom(-4) }, false, 'now'],
])('%s', (_name, more, isConnected, next) => {
  expect(nextDigest(user(more), isConnected, NOW, TERMS)).toEqual(next)
})
