import { totalmem } from 'node:os'
import { readVariables, type Connection } from './database.ts'

const GIB = 2 ** 30

/** What may be lost is filled again: nothing waits for the disk, and few pages are written twice. */
const RELAXED: readonly (readonly [name: string, value: number])[] = [
  ['innodb_flush_log_at_trx_commit', 0],
  ['sync_binlog', 0],
  ['innodb_io_capacity', 10_000],
  ['innodb_io_capacity_max', 20_000],
  ['innodb_log_file_size', GIB],
  ['innodb_buffer_pool_size', Math.min(3 * GIB, Math.floor(totalmem() / 8))],
]

const set = (connection: Connection, name: string, value: number): Promise<unknown> =>
  connection.query(`SET GLOBAL ${name} = ${value}`)

/** Answers what puts everything back as it was. What a server does not let change stays as it is. */
export async function relaxDatabase(connection: Connection): Promise<() => Promise<void>> {
  const before = await readVariables(
    connection,
    'VARIABLES',
    RELAXED.map(([name]) => name),
  )
  const changed: (readonly [name: string, value: number])[] = []
  for (const [name, value] of RELAXED) {
    const was = before.get(name)
    if (was === undefined || Number(was) === value) continue
    try {
      await set(connection, name, value)
      changed.push([name, Number(was)])
    } catch {
      // It is only slower.
    }
  }
  return async () => {
    for (const [name, was] of changed.toReversed()) await set(connection, name, was)
  }
}
