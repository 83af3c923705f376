import { randomInt } from 'node:crypto'
import { createFlagReader, SEEDS } from '../run/flag-values.ts'

export interface SoakFlags {
  readonly hours: number
  readonly seed: number
  /** Operations a second, of all clients of a round together. */
  readonly rate: number
  readonly clients: number
  readonly isJson: boolean
  /** The folder of the run stays. */
  readonly isKept: boolean
  readonly isHelp: boolean
}

const OPTIONS = {
  hours: { type: 'string' },
  seed: { type: 'string' },
  rate: { type: 'string' },
  clients: { type: 'string' },
  json: { type: 'boolean' },
  keep: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const LEAST_HOURS = 0.01
const MOST_HOURS = 1_000

const { parse, wholeNumber, wrong } = createFlagReader('soak')

export function parseSoakFlags(args: readonly string[]): SoakFlags {
  const values = parse(args, OPTIONS)
  return {
    hours: hoursOf(values.hours),
    seed: wholeNumber('seed', values.seed, { from: 0, to: SEEDS - 1, or: randomInt(SEEDS) }),
    rate: wholeNumber('rate', values.rate, { from: 1, to: 10_000, or: 100 }),
    clients: wholeNumber('clients', values.clients, { from: 2, to: 200, or: 20 }),
    isJson: values.json ?? false,
    isKept: values.keep ?? false,
    isHelp: values.help ?? false,
  }
}

function hoursOf(value = '1'): number {
  const given = Number(value)
  if (/^\d*\.?\d+$/u.test(value) && given >= LEAST_HOURS && given <= MOST_HOURS) return given
  throw wrong(
    `--hours takes a number from ${LEAST_HOURS} to ${MOST_HOURS}, as 8 or 0.05, not '${value}'.`,
  )
}
