import { parseArgs } from 'node:util'
import { LaunchError } from '@parley/local-cluster'
import { usersOf, type Demand, type Supply } from './demand.ts'
import { NUMBER_FLAGS, type NumberFlag } from './number-flags.ts'

export interface Flags {
  readonly demand: Demand
  readonly supply: Supply
  readonly isJson: boolean
  readonly isHelp: boolean
  /** Instead of planning: start clusters, and count what they do. */
  readonly measured: 'bus' | 'storm' | undefined
}

const SWITCHES = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  measure: { type: 'string' },
} as const

type Values = Partial<Record<NumberFlag | 'measure', string>> &
  Partial<Record<'json' | 'help', boolean>>

export function parseFlags(args: readonly string[]): Flags {
  const values = parse(args)
  const isHelp = values.help ?? false
  const measured = measuredOf(values.measure)
  const given = (name: NumberFlag): boolean => values[name] !== undefined
  if (!isHelp && measured === undefined && !given('sockets')) {
    throw wrong('--sockets is needed: how many there are at the busiest time.')
  }
  if (measured !== undefined && NUMBER_FLAGS.some(({ name }) => given(name))) {
    throw wrong('--measure plans nothing: beside it there is only --json.')
  }
  const number = (name: NumberFlag): number => numberOf(name, values[name])
  return {
    demand: demandOf(number, given),
    supply: {
      load: number('load'),
      gatewayMemoryMb: number('gateway-memory-mb'),
      files: number('files'),
      headsIntervalMs: number('heads-interval-ms'),
      mysqlCores: number('mysql-cores'),
      spare: number('spare'),
      machineCores: number('machine-cores'),
    },
    isJson: values.json ?? false,
    isHelp,
    measured,
  }
}

function measuredOf(text: string | undefined): Flags['measured'] {
  if (text === undefined || text === 'bus' || text === 'storm') return text
  throw wrong(`--measure takes bus or storm, not '${text}'.`)
}

function demandOf(
  number: (name: NumberFlag) => number,
  given: (name: NumberFlag) => boolean,
): Demand {
  if (given('messages-per-second') && given('messages-per-user-hour')) {
    throw wrong('--messages-per-second and --messages-per-user-hour say the same: give one.')
  }
  const sockets = number('sockets')
  const online = number('online')
  const users = usersOf({ sockets, online } as Demand)
  const { rooms, members } = roomsAndMembers(users, number, given)
  if (members > users) {
    throw wrong(
      `Rooms of ${round(members)} members need as many users, and there are ${round(users)}.`,
    )
  }
  const largestRoom = given('largest-room')
    ? number('largest-room')
    : Math.min(users, Math.max(1_000, members))
  if (largestRoom < members) {
    throw wrong(`--largest-room is less than the ${round(members)} members of a room on average.`)
  }
  if (largestRoom > users) {
    throw wrong(`--largest-room is more than all users, who are ${round(users)}.`)
  }
  return {
    sockets,
    rooms,
    members,
    largestRoom,
    online,
    messagesPerSecond: given('messages-per-second')
      ? number('messages-per-second')
      : (sockets * number('messages-per-user-hour')) / 3_600,
    messageBytes: number('message-bytes'),
    readsPerUserHour: number('reads-per-user-hour'),
    presencePerUserHour: number('presence-per-user-hour'),
    watched: number('watched'),
    minutesOnline: number('minutes-online'),
    storm: number('storm'),
  }
}

/** Users × rooms of each = rooms × members of each: two decide the third. */
function roomsAndMembers(
  users: number,
  number: (name: NumberFlag) => number,
  given: (name: NumberFlag) => boolean,
): { readonly rooms: number; readonly members: number } {
  if (given('rooms') && given('members') && given('rooms-per-user')) {
    throw wrong('Give two of --rooms, --members and --rooms-per-user: they decide the third.')
  }
  if (!given('rooms')) {
    const members = number('members')
    return { rooms: Math.max(1, (users * number('rooms-per-user')) / members), members }
  }
  const rooms = number('rooms')
  if (given('members')) return { rooms, members: number('members') }
  return { rooms, members: Math.max(1, (users * number('rooms-per-user')) / rooms) }
}

function parse(args: readonly string[]): Values {
  try {
    const numbers = Object.fromEntries(
      NUMBER_FLAGS.map(({ name }) => [name, { type: 'string' } as const]),
    )
    return parseArgs({ args: [...args], options: { ...numbers, ...SWITCHES } }).values
  } catch (cause) {
    // Node's sentence goes on about positionals; its first half says what is wrong.
    const message = cause instanceof Error ? cause.message : String(cause)
    const [first = ''] = message.split(/\.(?:\s|$)/u)
    throw wrong(`${first.replaceAll(/\s+/gu, ' ')}.`, cause)
  }
}

/** `1e6`, `2.5k` and `10M` are read as people write them. */
function numberOf(name: NumberFlag, text: string | undefined): number {
  const flag = NUMBER_FLAGS.find((one) => one.name === name)
  if (flag === undefined) throw new Error(`No such flag: ${name}.`)
  if (text === undefined) return flag.usual
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?(?:e\d+)?)([kM]?)$/u.exec(text) ?? []
  const value = Number(digits) * ({ k: 1e3, M: 1e6 }[unit] ?? 1)
  const isWrong = digits === '' || value < flag.from || value > flag.to
  if (!isWrong && (flag.isWhole !== true || Number.isInteger(value))) return value
  const kind = flag.isWhole === true ? 'a whole number' : 'a number'
  throw wrong(
    `--${name} takes ${kind} from ${round(flag.from)} to ${round(flag.to)}, not '${text}'.`,
  )
}

const round = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 })

const wrong = (sentence: string, cause?: unknown): LaunchError =>
  new LaunchError(`${sentence} See npm run capacity -- --help.`, { exitCode: 2, cause })
