import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { LaunchError } from '@parley/local-cluster'
import { SCENARIOS, type ScenarioName } from './scenario.ts'

export interface Flags {
  readonly only: readonly ScenarioName[]
  readonly scale: number
  readonly seed: number
  readonly generators: number
  readonly isWritten: boolean
  readonly isJson: boolean
  readonly isKept: boolean
  readonly isHelp: boolean
}

const OPTIONS = {
  only: { type: 'string' },
  scale: { type: 'string' },
  seed: { type: 'string' },
  generators: { type: 'string' },
  write: { type: 'boolean' },
  json: { type: 'boolean' },
  keep: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const SEEDS = 2 ** 31
const SCALES = { least: 0.01, most: 20 }
const MOST_GENERATORS = 16

export function parseFlags(args: readonly string[]): Flags {
  const values = parse(args)
  return {
    only: scenarioNames(values.only),
    scale: scaleOf(values.scale ?? '1'),
    seed:
      values.seed === undefined ? randomInt(SEEDS) : wholeNumber('seed', values.seed, 0, SEEDS - 1),
    generators: wholeNumber('generators', values.generators ?? '2', 1, MOST_GENERATORS),
    isWritten: values.write ?? false,
    isJson: values.json ?? false,
    isKept: values.keep ?? false,
    isHelp: values.help ?? false,
  }
}

/** The same run again. */
export function commandOf({ only, scale, seed, generators }: Flags): string {
  const flags = [
    only.length === SCENARIOS.length ? '' : ` --only ${only.join(',')}`,
    scale === 1 ? '' : ` --scale ${scale}`,
    generators === 2 ? '' : ` --generators ${generators}`,
  ]
  return `npm run scoreboard --${flags.join('')} --seed ${seed}`
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (cause) {
    // Node's sentence goes on about positionals; its first half says what is wrong.
    const message = cause instanceof Error ? cause.message : String(cause)
    const [first = ''] = message.split(/\.(?:\s|$)/u)
    throw wrong(`${first.replaceAll(/\s+/gu, ' ')}.`, cause)
  }
}

/** Always in the order of the table. */
function scenarioNames(list: string | undefined): ScenarioName[] {
  if (list === undefined) return [...SCENARIOS]
  const named = new Set(list.split(',').map((name) => name.trim()))
  const known = SCENARIOS.filter((name) => named.has(name))
  if (known.length === named.size) return known
  throw wrong(`--only takes some of ${SCENARIOS.join(', ')} with commas between, not '${list}'.`)
}

function scaleOf(value: string): number {
  const scale = Number(value)
  const { least, most } = SCALES
  if (/^\d+(\.\d+)?$/u.test(value) && scale >= least && scale <= most) return scale
  throw wrong(`--scale takes a number from ${least} to ${most}, not '${value}'.`)
}

function wholeNumber(flag: string, value: string, from: number, to: number): number {
  const number = Number(value)
  if (/^\d+$/u.test(value) && number >= from && number <= to) return number
  throw wrong(`--${flag} takes a whole number from ${from} to ${to}, not '${value}'.`)
}

const wrong = (sentence: string, cause?: unknown): LaunchError =>
  new LaunchError(`${sentence} See npm run scoreboard -- --help.`, { exitCode: 2, cause })
