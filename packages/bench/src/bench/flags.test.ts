import { readUsage } from '@parley/local-cluster'
import { expect, test } from 'vitest'
import { commandOf, parseFlags } from './flags.ts'
import { SCENARIOS } from './scenario.ts'
import { SUBJECTS } from '../subjects/subject.ts'

test('a scenario is enough', () => {
  expect(parseFlags(['fanout'])).toEqual({
    scenario: 'fanout',
    subjects: undefined,
    rounds: undefined,
    seconds: undefined,
    messages: undefined,
    clients: undefined,
    gateways: undefined,
    isWritten: false,
    isJson: false,
    isKept: false,
    isHelp: false,
  })
})

test('subjects are in the order of the table, however they are named', () => {
  const { subjects, rounds, seconds } = parseFlags([
    'send',
    '--subjects',
    'naive, parley',
    '--rounds=3',
    '--seconds=9',
  ])
  expect({ subjects, rounds, seconds }).toEqual({
    subjects: ['parley', 'naive'],
    rounds: 3,
    seconds: 9,
  })
})

test.each([
  [
    [],
    'It takes one scenario of fanout, ceiling, rooms, send, idle, resume, history, scale, not none.',
  ],
  [['fan'], "not 'fan'."],
  [['fanout', 'send'], "not 'fanout send'."],
  [['fanout', '--subjects', 'kafka'], '--subjects takes some of parley, socket.io'],
  [['fanout', '--rounds', '0'], "--rounds takes a whole number from 1 to 100, not '0'."],
  [['fanout', '--seconds', '2.5'], "--seconds takes a whole number from 1 to 600, not '2.5'."],
  [['idle', '--clients', '0'], "--clients takes a whole number from 1 to 50000, not '0'."],
  [['fanout', '--clients', '9'], '--clients is for idle and resume, not for fanout.'],
  [['idle', '--messages', '9'], '--messages is for history, not for idle.'],
  [['idle', '--gateways', '2'], '--gateways is for scale, not for idle.'],
  [['scale', '--gateways', '1,,8'], "--gateways takes a whole number from 1 to 16, not ''."],
  [['scale', '--gateways', '32'], "not '32'."],
  [
    ['idle', '--subjects', 'nats'],
    '--subjects of idle takes some of parley, socket.io, socket.io-',
  ],
  [['resume', '--subjects', 'ws'], '--subjects of resume takes only parley'],
  [['fanout', '--fast'], "Unknown option '--fast'."],
])('%j is refused in a sentence', (args, sentence) => {
  expect(() => parseFlags(args)).toThrow(sentence)
})

test('the command says the same again, but not where the results go', () => {
  const flags = parseFlags(['scale', '--gateways', '8,1, 2,1', '--rounds=3', '--write', '--json'])
  expect([flags.gateways, flags.isWritten]).toEqual([[1, 2, 8], true])
  expect(commandOf(flags)).toBe('npm run bench -- scale --rounds 3 --gateways 1,2,8')
  expect(commandOf(parseFlags(['idle', '--clients', '500', '--subjects', 'ws, parley']))).toBe(
    'npm run bench -- idle --subjects parley,ws --clients 500',
  )
})

test('the help names every scenario, subject and flag', () => {
  const usage = readUsage('bench')
  for (const name of SCENARIOS) expect(usage).toMatch(new RegExp(`^  ${name} `, 'mu'))
  for (const name of SUBJECTS) expect(usage).toContain(name)
  const flags = [
    'subjects',
    'rounds',
    'seconds',
    'messages',
    'clients',
    'gateways',
    'write',
    'json',
  ]
  for (const flag of [...flags, 'keep', 'help']) expect(usage).toContain(`--${flag}`)
})
