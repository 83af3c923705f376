import { expect, test } from 'vitest'
import { commandOf, parseFlags } from './flags.ts'

test('without flags everything is measured, with a seed of chance', () => {
  const flags = parseFlags([])
  expect(flags).toMatchObject({
    scale: 1,
    generators: 2,
    isWritten: false,
    isJson: false,
    isKept: false,
  })
  expect(flags.only).toEqual(['jitter', 'deploy', 'avalanche', 'redis', 'throughput', 'idle'])
  expect(parseFlags([]).seed).not.toBe(flags.seed)
})

test('flags say what is measured, and the command says it again', () => {
  const flags = parseFlags([
    '--only',
    'idle, jitter',
    '--scale',
    '0.5',
    '--seed',
    '7',
    '--write',
    '--json',
  ])
  expect(flags).toMatchObject({
    only: ['jitter', 'idle'],
    scale: 0.5,
    seed: 7,
    isWritten: true,
    isJson: true,
  })
  expect(commandOf(flags)).toBe('npm run scoreboard -- --only jitter,idle --scale 0.5 --seed 7')
  expect(commandOf(parseFlags(['--seed=9', '--generators=3']))).toBe(
    'npm run scoreboard -- --generators 3 --seed 9',
  )
})

test.each([
  [['--only', 'jitter,speed'], /--only takes some of jitter, deploy, .* not 'jitter,speed'/u],
  [['--only', ''], /--only takes some of/u],
  [['--scale', '0'], /--scale takes a number from 0\.01 to 20, not '0'/u],
  [['--scale', 'big'], /--scale takes a number/u],
  [['--scale', '1e1'], /--scale takes a number/u],
  [['--seed', '-1'], /ambiguous|--seed takes a whole number/u],
  [['--seed', '2147483648'], /--seed takes a whole number from 0 to 2147483647/u],
  [['--generators', '0'], /--generators takes a whole number from 1 to 16/u],
  [['--wirte'], /Unknown option '--wirte'/u],
  [['jitter'], /Unexpected argument 'jitter'/u],
])('%j is refused in a sentence, with exit code 2', (args, sentence) => {
  expect(() => parseFlags(args)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(sentence) }),
  )
  expect(() => parseFlags(args)).toThrow(/See npm run scoreboard -- --help\.$/u)
})
