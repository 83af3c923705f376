import { readUsage } from '@parley/local-cluster'
import { expect, test } from 'vitest'
import { parseFlags } from './flags.ts'
import { NUMBER_FLAGS } from './number-flags.ts'

const usage = readUsage('capacity')

test('the usage names the flags that there are, in their order, and no others', () => {
  const named = [...usage.matchAll(/^ {2}--([\w-]+)/gmu)].map(([, name]) => name)
  const flags = NUMBER_FLAGS.map(({ name }) => name)
  expect(named).toEqual([...flags, 'measure', 'json', 'help'])
})

test('the usage says what holds without a flag', () => {
  const said = [...usage.matchAll(/^ {2}--([\w-]+) [NX] .*\((\d[\d.]*)[,)]/gmu)]
  expect(said.length).toBeGreaterThan(15)
  for (const [, name, usual] of said) {
    expect({ name, usual: NUMBER_FLAGS.find((flag) => flag.name === name)?.usual }).toEqual({
      name,
      usual: Number(usual),
    })
  }
})

test('without more than sockets, the rest is what is usual', () => {
  const { demand, supply, isJson } = parseFlags(['--sockets', '30000'])
  expect(demand).toMatchObject({ sockets: 30_000, members: 20, rooms: 100_000, largestRoom: 1_000 })
  expect(demand.messagesPerSecond).toBe(50)
  expect(supply).toMatchObject({ load: 0.5, headsIntervalMs: 5_000, mysqlCores: 16 })
  expect(isJson).toBe(false)
})

test('two of rooms, members and rooms of a user decide the third', () => {
  const of = (...args: string[]) => parseFlags(['--sockets=30k', ...args]).demand
  expect(of('--rooms=50k')).toMatchObject({ rooms: 50_000, members: 40 })
  expect(of('--rooms=50k', '--members=10')).toMatchObject({ rooms: 50_000, members: 10 })
  expect(of('--members=100', '--rooms-per-user=5')).toMatchObject({ rooms: 5_000, members: 100 })
})

test('numbers may be written short', () => {
  const { demand } = parseFlags(['--sockets', '2.5k', '--messages-per-second', '1e3', '--json'])
  expect(demand).toMatchObject({ sockets: 2_500, messagesPerSecond: 1_000 })
  expect(parseFlags(['--sockets', '10M']).demand.sockets).toBe(10_000_000)
})

test('what plans nothing needs no sockets', () => {
  expect(parseFlags(['--help'])).toMatchObject({ isHelp: true, measured: undefined })
  expect(parseFlags(['--measure', 'bus', '--json'])).toMatchObject({ measured: 'bus' })
})

test.each([
  [['--measure', 'storm', '--sockets', '9'], /--measure plans nothing/u],
  [['--measure', 'rain'], /--measure takes bus or storm, not 'rain'/u],
  [[], /--sockets is needed/u],
  [['--sockets', 'many'], /--sockets takes a whole number from 1 to 10,000,000, not 'many'/u],
  [['--sockets', '0'], /--sockets takes a whole number/u],
  [['--sockets', '11M'], /--sockets takes a whole number/u],
  [['--sockets', '1.5'], /--sockets takes a whole number/u],
  [['--sockets', '-1'], /ambiguous|--sockets takes/u],
  [['--sockets', '9', '--online', '1.5'], /--online takes a number from 0 to 1, not '1.5'/u],
  [['--sockets', '9', '--members', '50'], /Rooms of 50 members need as many users/u],
  [['--sockets', '9k', '--largest-room', '90M'], /--largest-room is more than all users/u],
  [['--sockets', '9k', '--largest-room', '3'], /--largest-room is less than the 20 members/u],
  [
    ['--sockets', '9k', '--rooms', '9k', '--members', '3', '--rooms-per-user', '4'],
    /Give two of --rooms, --members and --rooms-per-user/u,
  ],
  [
    ['--sockets', '9k', '--messages-per-second', '3', '--messages-per-user-hour', '4'],
    /say the same: give one/u,
  ],
  [['--sockets', '9', '--gateway', '3'], /Unknown option '--gateway'/u],
  [['9'], /Unexpected argument '9'/u],
])('%j is refused in a sentence, with exit code 2', (args, sentence) => {
  expect(() => parseFlags(args)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(sentence) }),
  )
  expect(() => parseFlags(args)).toThrow(/See npm run capacity -- --help\.$/u)
})
