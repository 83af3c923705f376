import { expect, test } from 'vitest'
import { mergeEntries, readEntry, writeEntry, type PresenceEntry } from './presence-entry.ts'

const entry = (more: Partial<PresenceEntry> = {}): PresenceEntry => ({
  status: 'online',
  text: null,
  version: 1,
  idle: false,
  leaving: false,
  ...more,
})

test.each<[string, PresenceEntry[], object]>([
  ['nobody has them', [], { status: 'offline' }],
  ['one device', [entry()], { status: 'online' }],
  ['gone a moment ago', [entry({ leaving: true })], { status: 'online' }],
  ['all idle', [entry({ idle: true }), entry({ idle: true })], { status: 'away' }],
  ['one is not idle', [entry({ idle: true }), entry()], { status: 'online' }],
  ['chosen', [entry({ status: 'dnd', text: 'Busy' })], { status: 'dnd', text: 'Busy' }],
  ['chosen and idle', [entry({ status: 'dnd', idle: true })], { status: 'dnd' }],
  ['invisible', [entry({ status: 'invisible', text: 'psst' })], { status: 'offline' }],
  [
    'a gateway that has not heard of the choice',
    [entry(), entry({ status: 'away', version: 2 })],
    { status: 'away' },
  ],
  [
    'a gateway that has not heard of the hiding',
    [entry({ status: 'invisible', version: 3 }), entry({ status: 'dnd', version: 2 })],
    { status: 'offline' },
  ],
])('%s', (_, entries, state) => {
  expect(mergeEntries('ada', entries)).toEqual({ userId: 'ada', ...state })
  expect(mergeEntries('ada', entries.toReversed())).toEqual({ userId: 'ada', ...state })
})

test('an entry is read as it was written', () => {
  for (const one of [
    entry(),
    entry({ status: 'invisible', text: '', version: 12, idle: true, leaving: true }),
    entry({ text: '"[1]" 🙂' }),
  ]) {
    expect(readEntry(writeEntry(one))).toEqual(one)
  }
})

test.each([
  '',
  '1',
  'null',
  '{}',
  '[]',
  '["asleep",1,0]',
  '["online"]',
  '["online",1,"0"]',
  '["on',
])('what nobody understands is nothing: %j', (written) => {
  expect(readEntry(written)).toBeUndefined()
})
