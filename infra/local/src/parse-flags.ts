import { parseArgs } from 'node:util'
import { LaunchError } from './launch-error.ts'
import { REDIS_KINDS, type RedisKind } from './redis-topology.ts'
import { readUsage } from './read-usage.ts'

export const USAGE = readUsage('start')

export interface Flags {
  readonly gateways: number
  readonly apis: number
  readonly workers: number
  readonly redis: RedisKind
  /** Absent: 8080 or the next free one. */
  readonly port?: number
  readonly fresh: boolean
  readonly restart: boolean
  readonly seed: boolean
  readonly help: boolean
}

export function parseFlags(args: readonly string[]): Flags {
  const values = parse(args)
  return {
    gateways: count('--gateways', values.gateways, 3),
    apis: count('--apis', values.apis, 2),
    workers: count('--workers', values.workers, 1),
    redis: redisKind(values.redis ?? 'single'),
    ...(values.port === undefined ? {} : { port: wholeNumber('--port', values.port, 1, 65_535) }),
    fresh: values.fresh ?? false,
    restart: !(values['no-restart'] ?? false),
    seed: !(values['no-seed'] ?? false),
    help: values.help ?? false,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        gateways: { type: 'string' },
        apis: { type: 'string' },
        workers: { type: 'string' },
        redis: { type: 'string' },
        port: { type: 'string' },
        fresh: { type: 'boolean' },
        'no-restart': { type: 'boolean' },
        'no-seed': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (cause) {
    throw new LaunchError(`${problemOf(cause)} See npm start -- --help.`, { exitCode: 2, cause })
  }
}

/** Node's sentence goes on about positionals; its first half says what is wrong. */
function problemOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  const [first = 'The flags are not right'] = message.split(/\.(?:\s|$)/u)
  return `${first.replaceAll(/\s+/gu, ' ')}.`
}

function redisKind(value: string): RedisKind {
  const kind = REDIS_KINDS.find((one) => one === value)
  if (kind !== undefined) return kind
  const kinds = REDIS_KINDS.join(', ')
  throw new LaunchError(`--redis takes ${kinds}, not '${value}'.`, { exitCode: 2 })
}

function count(flag: string, value: string | undefined, fallback: number): number {
  return value === undefined ? fallback : wholeNumber(flag, value, 1, 32)
}

export function wholeNumber(flag: string, value: string, min: number, max: number): number {
  const number = Number(value)
  if (/^\d+$/u.test(value) && number >= min && number <= max) return number
  throw new LaunchError(`${flag} takes a whole number from ${min} to ${max}, not '${value}'.`, {
    exitCode: 2,
  })
}
