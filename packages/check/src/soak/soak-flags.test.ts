import { describe, expect, test } from 'vitest'
import { parseSoakFlags } from './soak-flags.ts'

test('without flags it is an hour, with a seed of chance', () => {
  const flags = parseSoakFlags([])
  expect(flags).toMatchObject({ hours: 1, rate: 100, clients: 20, isJson: false, isKept: false })
  expect(new Set([1, 2, 3, 4].map(() => parseSoakFlags([]).seed)).size).toBeGreaterThan(1)
})

test('flags are read', () => {
  const args = '--hours 0.05 --seed 7 --rate 50 --clients 4 --json --keep'.split(' ')
  expect(parseSoakFlags(args)).toEqual({
    hours: 0.05,
    seed: 7,
    rate: 50,
    clients: 4,
    isJson: true,
    isKept: true,
    isHelp: false,
  })
})

describe('what is wrong is said in a sentence, with exit code 2', () => {
  test.each([
    [['--hours', '0'], "--hours takes a number from 0.01 to 1000, as 8 or 0.05, not '0'."],
    [['--hours', '3m'], "--hours takes a number from 0.01 to 1000, as 8 or 0.05, not '3m'."],
    [['--rate', '-1'], "Option '--rate' argument is ambiguous."],
    [['--clients', '1'], "--clients takes a whole number from 2 to 200, not '1'."],
    [['--faults', 'all'], "Unknown option '--faults'."],
  ])('%j', (args, sentence) => {
    const expected = expect.objectContaining({
      message: `${sentence} See npm run soak -- --help.`,
      exitCode: 2,
    })
    expect(() => parseSoakFlags(args)).toThrow(expected)
  })
})
