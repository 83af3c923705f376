import { randomInt } from 'node:crypto'
import {
  DATABASE_KINDS,
  REDIS_KINDS,
  type DatabaseKind,
  type RedisKind,
} from '@parley/local-cluster'
import { createFlagReader, SEEDS } from './flag-values.ts'

export interface Flags {
  /** Names, `all` or `none`; which names there are is known where they are made. */
  readonly faults: readonly string[]
  readonly durationS: number
  readonly seed: number
  readonly clients: number
  readonly rooms: number
  /** In a room, on average, but for the one of everybody. */
  readonly members?: number
  /** What the cluster's own Redis and database are; one server of each where it is not said. */
  readonly redis?: RedisKind
  readonly database?: DatabaseKind
  /** Another version, which half of the processes and of the SDK's clients are of: a commit, or the folder of a build. */
  readonly previous?: string
  /** A cluster that runs already. */
  readonly url?: string
  readonly isJson: boolean
  /** Where the history is to be written. */
  readonly history?: string
  /** Operations a second, of all clients together. */
  readonly rate: number
  /** At the end: whoever is not answered, and comes no nearer to the heads, for so long is not waited for. */
  readonly quietWaitS: number
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
  members: { type: 'string' },
  redis: { type: 'string' },
  database: { type: 'string' },
  previous: { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean' },
  history: { type: 'string' },
  rate: { type: 'string' },
  'quiet-wait': { type: 'string' },
  keep: { type: 'boolean' },
  'check-only': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const { parse, wholeNumber: number, wrong } = createFlagReader('verify')
export { wrong }

const OF_A_RUN = [
  'faults',
  'duration',
  'seed',
  'clients',
  'rooms',
  'members',
  'redis',
  'database',
  'previous',
  'url',
  'history',
  'rate',
  'quiet-wait',
  'keep',
]

export function parseFlags(args: readonly string[]): Flags {
  const values = parse(args, OPTIONS)
  const { url, history, previous, 'check-only': checkOnly } = values
  if (url !== undefined && !/^https?:\/\/[^/]/u.test(url)) {
    throw wrong(`--url takes an address like http://127.0.0.1:8080, not '${url}'.`)
  }
  if (url !== undefined && (values.redis ?? values.database) !== undefined) {
    throw wrong('--redis and --database are of a cluster of our own, not of that of --url.')
  }
  if (url !== undefined && previous !== undefined) {
    throw wrong('--previous is started in a cluster of our own, not in that of --url.')
  }
  if (previous === '') throw wrong('--previous takes a commit, or the folder of a build.')
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
    quietWaitS: number('quiet-wait', values['quiet-wait'], { from: 1, to: 3_600, or: 30 }),
    ...(values.members !== undefined && {
      members: number('members', values.members, { from: 1, to: 500, or: 1 }),
    }),
    ...(values.redis !== undefined && { redis: oneOf('redis', values.redis, REDIS_KINDS) }),
    ...(values.database !== undefined && {
      database: oneOf('database', values.database, DATABASE_KINDS),
    }),
    ...(previous !== undefined && { previous }),
    ...(url !== undefined && { url: url.replace(/\/+$/u, '') }),
    ...(history !== undefined && { history }),
    ...(checkOnly !== undefined && { checkOnly }),
    isJson: values.json ?? false,
    isKept: values.keep ?? false,
    isHelp: values.help ?? false,
  }
}

function faultNames(list: string): string[] {
  const names = list.split(',').map((name) => name.trim())
  if (names.every((name) => /^[a-z][a-z0-9-]*(@[\w>-]+)?$/u.test(name))) return names
  throw wrong(`--faults takes names with commas between, all or none, not '${list}'.`)
}

function oneOf<Kind extends string>(flag: string, value: string, kinds: readonly Kind[]): Kind {
  const kind = kinds.find((one) => one === value)
  if (kind !== undefined) return kind
  throw wrong(`--${flag} takes ${kinds.join(', ')}, not '${value}'.`)
}
