import type { Redis } from 'ioredis'
import type { Connection } from 'mariadb'
import type { Gauges } from './gauge.ts'

const MIB = 1_024 ** 2

/** `INFO`: keys, those that never end among them, memory, clients, channels. */
export async function readRedis(redis: Redis): Promise<Gauges> {
  return parseInfo(await redis.info())
}

export function parseInfo(info: string): Gauges {
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:(\\d+)`, 'mu').exec(info)?.[1] ?? 0)
  let [keys, ending] = [0, 0]
  for (const [, all, some] of info.matchAll(/^db\d+:keys=(\d+),expires=(\d+)/gmu)) {
    keys += Number(all)
    ending += Number(some)
  }
  return {
    keys,
    lastingKeys: keys - ending,
    usedMiB: field('used_memory') / MIB,
    clients: field('connected_clients'),
    channels: field('pubsub_channels'),
  }
}

const STATUS: Readonly<Record<string, string>> = {
  Threads_connected: 'connections',
  Threads_running: 'threadsRunning',
  Open_tables: 'openTables',
  Prepared_stmt_count: 'statements',
}

/** What the server says of itself, and how large its tables are. */
export async function readDatabase(connection: Connection): Promise<Gauges> {
  const names = Object.keys(STATUS)
  const rows = await connection.query<{ Variable_name: string; Value: string }[]>(
    `SHOW GLOBAL STATUS WHERE Variable_name IN (${names.map(() => '?').join()})`,
    names,
  )
  const known = rows.flatMap(({ Variable_name, Value }) => {
    const gauge = STATUS[Variable_name]
    return gauge === undefined ? [] : [[gauge, Number(Value)] as const]
  })
  const [size] = await connection.query<{ bytes: string | number | null }[]>(
    'SELECT SUM(data_length + index_length) AS bytes FROM information_schema.tables WHERE table_schema = DATABASE()',
  )
  return { ...Object.fromEntries(known), tablesMiB: Number(size?.bytes ?? 0) / MIB }
}
