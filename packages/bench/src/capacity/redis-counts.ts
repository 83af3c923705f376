import type { Redis } from 'ioredis'

export interface RedisCounts {
  /** Calls by the name of the command. */
  readonly commands: Readonly<Record<string, number>>
  readonly outputBytes: number
  readonly inputBytes: number
}

/** `INFO` itself, and what it answers, are in the next one's difference: a few kilobytes a measurement. */
export async function readRedisCounts(redis: Redis): Promise<RedisCounts> {
  const text = [await redis.info('commandstats'), await redis.info('stats')].join('\n')
  const commands = [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gmu)].map(
    ([, name = '', calls]): [string, number] => [name, Number(calls)],
  )
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:(\\d+)`, 'mu').exec(text)?.[1] ?? Number.NaN)
  return {
    commands: Object.fromEntries(commands.filter(([name]) => name !== 'info')),
    outputBytes: bytes('total_net_output_bytes'),
    inputBytes: bytes('total_net_input_bytes'),
  }
}

export function differenceOf(after: RedisCounts, before: RedisCounts): RedisCounts {
  return {
    commands: Object.fromEntries(
      Object.entries(after.commands).map(([name, calls]) => [
        name,
        calls - (before.commands[name] ?? 0),
      ]),
    ),
    outputBytes: after.outputBytes - before.outputBytes,
    inputBytes: after.inputBytes - before.inputBytes,
  }
}
