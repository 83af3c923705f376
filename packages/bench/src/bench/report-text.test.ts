import { expect, test } from 'vitest'
import { toJson } from './report-json.ts'
import { textOf } from './report-text.ts'
import type { Report } from './report.ts'

const REPORT: Report = {
  scenario: 'idle',
  title: 'Idle connections',
  load: 'Ten of them.',
  tables: [
    { title: '', head: ['subject', 'bytes'], rows: [['parley', '24 KB']], notes: [] },
    { title: 'While idle', head: ['subject'], rows: [['parley']], notes: ['not at rest'] },
  ],
  plots: [],
  subjects: [{ name: 'parley' }],
  noise: { rounds: 3, noisyRounds: 2 },
  whyVoid: ['parley: a connection was lost'],
  more: { levels: [1] },
}

test('people read tables, what is to be said of them, noise and why it is void', () => {
  expect(textOf(REPORT)).toBe(
    [
      'Idle connections\nTen of them.',
      'subject  bytes\nparley   24 KB',
      'While idle\nsubject\nparley \n  not at rest',
      'Noisy: others had a good part of the machine in 2 of 3 measurements.',
      'Void:\n  parley: a connection was lost',
    ].join('\n\n'),
  )
})

test('programs get figures, and nothing that is for people only', () => {
  const machine = { cores: 2, processor: 'one', memoryGb: 8, system: 'Linux', node: 'v20' }
  expect(toJson(REPORT, { at: '2026-01-02', commit: 'abc', machine })).toEqual({
    at: '2026-01-02',
    commit: 'abc',
    machine,
    scenario: 'idle',
    title: 'Idle connections',
    load: 'Ten of them.',
    subjects: [{ name: 'parley' }],
    noise: { rounds: 3, noisyRounds: 2 },
    whyVoid: ['parley: a connection was lost'],
    levels: [1],
  })
})
