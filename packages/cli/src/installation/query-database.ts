import { CliError } from '../cli-error.ts'

export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

/** One connection for what `work` asks; closed behind it. */
export async function withDatabase<Result>(
  databaseUrl: string,
  work: (query: Query) => Promise<Result>,
): Promise<Result> {
  const connection = await openDatabase(databaseUrl)
  try {
    return await work((sql, values) => connection.query(sql, values))
  } finally {
    await connection.end()
  }
}

async function openDatabase(databaseUrl: string) {
  // Most commands do without a database: these are loaded where one is asked.
  const { connectionConfig } = await import('@parley/database/migrations')
  const { createConnection } = await import('mariadb')
  const config = { ...connectionConfig(databaseUrl), connectTimeout: 5_000, bigIntAsNumber: true }
  try {
    return await createConnection({ ...config, timezone: 'Z' })
  } catch (cause) {
    const { host, port, database } = config
    throw new CliError(`The database ${database} at ${host}:${port}: ${reasonOf(cause)}`, { cause })
  }
}

/** Its messages begin with the number of the connection, and may have the statement behind the first line. */
function reasonOf(error: unknown): string {
  const { sqlMessage, message } = Object(error) as { sqlMessage?: string; message?: string }
  const [first = 'no connection'] = (sqlMessage ?? message ?? String(error)).split('\n')
  return first.replace(/^\(conn:[^)]*\)\s*/u, '')
}
