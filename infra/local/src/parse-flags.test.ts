import { expect, test } from 'vitest'
import { LaunchError } from './launch-error.ts'
import { parseFlags } from './parse-flags.ts'

test('without flags: three gateways, two APIs, a worker, any port, restarts and demo data', () => {
  expect(parseFlags([])).toEqual({
    gateways: 3,
    apis: 2,
    workers: 1,
    redis: 'single',
    fresh: false,
    restart: true,
    seed: true,
    help: false,
  })
})

test('reads every flag', () => {
  const args =
    '--gateways 5 --apis=1 --workers 2 --port 9000 --redis cluster --fresh --no-restart --no-seed'.split(
      ' ',
    )
  expect(parseFlags(args)).toEqual({
    gateways: 5,
    apis: 1,
    workers: 2,
    redis: 'cluster',
    port: 9_000,
    fresh: true,
    restart: false,
    seed: false,
    help: false,
  })
})

test.each([
  ['--gatways 3', /Unknown option '--gatways'/u],
  ['lobby', /'lobby'/u],
  ['--gateways', /--gateways/u],
  ['--gateways 0', /--gateways takes a whole number from 1 to 32, not '0'/u],
  ['--workers 0', /--workers takes a whole number from 1 to 32, not '0'/u],
  ['--apis two', /--apis takes a whole number from 1 to 32, not 'two'/u],
  ['--redis two', /--redis takes single, sentinel, cluster, not 'two'/u],
  ['--port 70000', /--port takes a whole number from 1 to 65535, not '70000'/u],
  ['--port 1e3', /--port takes a whole number/u],
  ['--fresh=yes', /--fresh/u],
])('%s is refused in a sentence, with exit code 2', (args, sentence) => {
  const refusal = refusalOf(args.split(' '))
  expect(refusal.message).toMatch(sentence)
  expect(refusal.message).not.toContain('\n')
  expect(refusal.exitCode).toBe(2)
})

function refusalOf(args: readonly string[]): LaunchError {
  try {
    parseFlags(args)
  } catch (error) {
    if (error instanceof LaunchError) return error
  }
  throw new Error('The flags were not refused.')
}
