import { createConnection, type Connection } from 'mariadb'

export type { Connection } from 'mariadb'

export async function connect(databaseUrl: string): Promise<Connection> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl)
  const connection = await createConnection({
    host: hostname,
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    allowPublicKeyRetrieval: true,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    timezone: 'Z',
  })
  // Whoever asks it next is told.
  connection.on('error', () => undefined)
  return connection
}

/** By their names, those that this server has. */
export async function readVariables(
  connection: Connection,
  what: 'VARIABLES' | 'STATUS',
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await connection.query<{ Variable_name: string; Value: string }[]>(
    `SHOW GLOBAL ${what} WHERE Variable_name IN (${names.map(() => '?').join()})`,
    [...names],
  )
  return new Map(rows.map((row) => [row.Variable_name, row.Value]))
}
