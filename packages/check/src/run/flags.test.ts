import { describe, expect, test } from 'vitest'
import { findFault } from '../faults/fault-table.ts'
import { parseFlags } from './flags.ts'
import { planBreaking } from './plan-breaking.ts'

test('without flags it is a minute of everything, with a seed of chance', () => {
  const flags = parseFlags([])
  expect(flags).toMatchObject({
    faults: ['all'],
    durationS: 60,
    clients: 20,
    rooms: 6,
    quietWaitS: 30,
    isJson: false,
    isKept: false,
  })
  expect(flags.seed).toBeGreaterThanOrEqual(0)
  expect(new Set([1, 2, 3, 4].map(() => parseFlags([]).seed)).size).toBeGreaterThan(1)
})

test('flags are read', () => {
  const args =
    '--faults gateway-kill,redis-kill --duration 5 --seed 7 --clients 3 --rooms 2 --rate 9'
  const more = [
    '--quiet-wait',
    '8',
    '--url',
    'http://127.0.0.1:8080/',
    '--history',
    'h.jsonl',
    '--json',
    '--keep',
    '--members=4',
  ]
  expect(parseFlags([...args.split(' '), ...more])).toEqual({
    faults: ['gateway-kill', 'redis-kill'],
    durationS: 5,
    seed: 7,
    clients: 3,
    rooms: 2,
    members: 4,
    rate: 9,
    quietWaitS: 8,
    url: 'http://127.0.0.1:8080',
    history: 'h.jsonl',
    isJson: true,
    isKept: true,
    isHelp: false,
  })
})

describe('what is wrong is said in a sentence, with exit code 2', () => {
  test.each([
    [['--fault', 'all'], "Unknown option '--fault'. See npm run verify -- --help."],
    [['--duration', '0'], "--duration takes a whole number from 1 to 86400, not '0'."],
    [['--duration', '1m'], "--duration takes a whole number from 1 to 86400, not '1m'."],
    [['--seed=-1'], "--seed takes a whole number from 0 to 2147483647, not '-1'."],
    [['--clients', '501'], "--clients takes a whole number from 1 to 500, not '501'."],
    [['--redis', 'two'], "--redis takes single, sentinel, cluster, not 'two'."],
    [['--database', 'no'], "--database takes single, pair, not 'no'."],
    [['--url', 'here'], "--url takes an address like http://127.0.0.1:8080, not 'here'."],
    [['--faults', 'a,,b'], "--faults takes names with commas between, all or none, not 'a,,b'."],
    [['--history', ''], '--history takes the name of a file.'],
    [['--previous', ''], '--previous takes a commit, or the folder of a build.'],
    [
      ['--previous', 'v1', '--url', 'http://127.0.0.1:1'],
      '--previous is started in a cluster of our own, not in that of --url.',
    ],
    [
      ['--check-only', 'h', '--seed', '1'],
      '--check-only runs nothing: --seed has no effect with it.',
    ],
    [['--duration'], "Option '--duration <value>' argument missing."],
    [['here'], "Unexpected argument 'here'."],
  ])('%j', (args, says) => {
    const parse = (): unknown => parseFlags(args)
    expect(parse).toThrow(says)
    expect(parse).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

describe('what is broken', () => {
  const flagsOf = (args: readonly string[]) => parseFlags(['--seed', '1', ...args])
  const breakingOf = (...args: string[]) => planBreaking(flagsOf(args), false)

  test('is of the seed alone', () => {
    expect(breakingOf()).toEqual(breakingOf())
    expect(breakingOf().planned.length).toBeGreaterThan(0)
    expect(breakingOf('--faults', 'none')).toEqual({
      planned: [],
      needsWays: false,
      needsNamespace: false,
      leftOut: [],
    })
  })

  test('needs proxies only where ways are broken', () => {
    expect(breakingOf('--faults', 'gateway-kill').needsWays).toBe(false)
    expect(breakingOf('--faults', 'way-latency').needsWays).toBe(true)
  })

  test('drops packets where there can be a network for it, and says where there cannot', () => {
    const dropping = ['way-lost', 'way-lossy', 'process-cut-off']
    const plannedOf = (canIsolate: boolean) =>
      planBreaking(flagsOf(['--faults', 'all', '--duration', '900']), canIsolate)
    const can = plannedOf(true)
    expect([can.needsNamespace, can.needsWays, can.leftOut]).toEqual([true, true, []])
    expect(can.planned.map(({ name }) => name)).toEqual(expect.arrayContaining(dropping))
    const cannot = plannedOf(false)
    expect([cannot.needsNamespace, cannot.leftOut]).toEqual([false, dropping])
    expect(cannot.planned.filter(({ name }) => dropping.includes(name))).toEqual([])
    expect(() => breakingOf('--faults', 'way-lost')).toThrow(
      'way-lost needs a network namespace: Linux, root, nft and ip.',
    )
    const theirs = ['--faults', 'way-lost', '--url', 'http://127.0.0.1:1']
    expect(() => planBreaking(flagsOf(theirs), true)).toThrow('our own only')
  })

  test('is a change of version where there is another', () => {
    const names = (...args: string[]) =>
      breakingOf('--duration', '900', ...args).planned.map(({ name }) => name)
    expect(names()).not.toContain('version-change')
    expect(names('--previous', 'v1')).toContain('version-change')
    expect(() => names('--faults', 'version-change')).toThrow('version-change needs --previous.')
  })

  test('has a name that is known', () => {
    expect(() => breakingOf('--faults', 'gateway-kil')).toThrow("There is no fault 'gateway-kil'")
  })

  test('is, of the cluster of somebody else, the way to it alone', () => {
    const url = ['--url', 'http://127.0.0.1:1']
    expect(() => breakingOf('--faults', 'gateway-kill', ...url)).toThrow('our own only')
    const { planned } = breakingOf(...url, '--duration', '600')
    expect(planned.length).toBeGreaterThan(0)
    expect(planned.filter(({ name }) => findFault(name).needs !== 'any')).toEqual([])
    // Its certificate names another host than that of a proxy.
    expect(breakingOf('--url', 'https://127.0.0.1:1').planned).toEqual([])
  })
})
