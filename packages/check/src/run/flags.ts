import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { LaunchError } from '@parley/local-cluster'

export interface Flags {
  /** Names, `all` or `none`; which names there are is known where they are made. */
  readonly faults: readonly string[]
  readonly durationS: number
  readonly seed: number
  readonly clients: number
  readonly rooms: number
  /** A cluster that runs already. */
  readonly url?: string
  readonly isJson: boolean
  /** Where the history is to be written. */
  readonly history?: string
  /** Operations a second, of all clients together. */
  readonly rate: number
  /** The folder of the run stays. */
  readonly isKept: boolean
  /** A history to be checked, in place of a run. */
  readonly checkOnly?: string
  readonly isHelp: boolean
}

const OPTIONS = {
  faults: { type: 'string' },
  duration: { type: 'string' },
  seed: { type: 'string' },
  clients: { type: 'string' },
  rooms: { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean' },
  history: { type: 'string' },
  rate: { type: 'string' },
  keep: { type: 'boolean' },
  'check-only': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const SEEDS = 2 ** 31
const OF_A_RUN = [
  'faults',
  'duration',
  'seed',
  'clients',
  'rooms',
  'url',
  'history',
  'rate',
  'keep',
]

export function parseFlags(args: readonly string[]): Flags {
  const values = parse(args)
  const { url, history, 'check-only': checkOnly } = values
  if (url !== undefined && !/^https?:\/\/[^/]/u.test(url)) {
    throw wrong(`--url takes an address like http://127.0.0.1:8080, not '${url}'.`)
  }
  if (history === '') throw wrong('--history takes the name of a file.')
  if (checkOnly === '') throw wrong('--check-only takes the name of a file.')
  const ofRun = OF_A_RUN.find((name) => name in values)
  if (checkOnly !== undefined && ofRun !== undefined) {
    throw wrong(`--check-only runs nothing: --${ofRun} has no effect with it.`)
  }
  return {
    faults: faultNames(values.faults ?? 'all'),
    durationS: number('duration', values.duration, { from: 1, to: 86_400, or: 60 }),
    seed: number('seed', values.seed, { from: 0, to: SEEDS - 1, or: randomInt(SEEDS) }),
    clients: number('clients', values.clients, { from: 1, to: 500, or: 20 }),
    rooms: number('rooms', values.rooms, { from: 1, to: 100, or: 6 }),
    rate: number('rate', values.rate, { from: 1, to: 100_000, or: 200 }),
    ...(url !== undefined && { url: url.replace(/\/+$/u, '') }),
    ...(history !== undefined && { history }),
    ...(checkOnly !== undefined && { checkOnly }),
    isJson: values.json ?? false,
    isKept: values.keep ?? false,
    isHelp: values.help ?? false,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (cause) {
    // Node's sentence goes on about positionals; its first half says what is wrong.
    const [first = ''] = (cause instanceof Error ? cause.message : String(cause)).split(
      /\.(?:\s|$)/u,
    )
    throw wrong(`${first.replaceAll(/\s+/gu, ' ')}.`, cause)
  }
}

function faultNames(list: string): string[] {
  const names = list.split(',').map((name) => name.trim())
  if (names.every((name) => /^[a-z][a-z0-9-]*(@[\w>-]+)?$/u.test(name))) return names
  throw wrong(`--faults takes names with commas between, all or none, not '${list}'.`)
}

function number(
  flag: string,
  value: string | undefined,
  { from, to, or }: { readonly from: number; readonly to: number; readonly or: number },
): number {
  if (value === undefined) return or
  const given = Number(value)
  if (/^\d+$/u.test(value) && given >= from && given <= to) return given
  throw wrong(`--${flag} takes a whole number from ${from} to ${to}, not '${value}'.`)
}

export const wrong = (sentence: string, cause?: unknown): LaunchError =>
  new LaunchError(`${sentence} See npm run verify -- --help.`, { exitCode: 2, cause })
