import { connectionConfig } from '@parley/database'
import { createConnection, type Connection } from 'mariadb'
import type { ChildSpec } from './child-process.ts'
import { freePort } from './free-port.ts'
import { isMariaDbServer } from './initialise-database.ts'
import { LaunchError } from './launch-error.ts'
import { ADMIN, preparePrivateDatabase } from './private-database.ts'
import { openTcpSwitch } from './tcp-switch.ts'
import { waitUntil } from './wait-until.ts'

export const DATABASE_KINDS = ['single', 'pair'] as const
export type DatabaseKind = (typeof DATABASE_KINDS)[number]

/** A database of our own, or two: a primary and the replica that may take its place. */
export interface Databases {
  /** `DATABASE_URL`: of a pair, of what stands before it. */
  readonly url: string
  readonly specs: readonly ChildSpec[]
  readonly servers: readonly { readonly name: string; readonly port: number }[]
  /** Once all run: has the replica follow. */
  readonly join: () => Promise<void>
  /** Leads the address of a pair to this server. */
  readonly pointTo: (name: string) => void
  readonly close: () => void
}

export interface DatabasesOptions {
  readonly kind: DatabaseKind
  readonly command: string
  readonly dir: string
  readonly password: string
  readonly logFile: (name: string) => string
}

const REPLICATES_MS = 30_000

export async function prepareDatabases(options: DatabasesOptions): Promise<Databases> {
  const { kind, command, dir, password, logFile } = options
  const port = await freePort()
  const own = { command, dir, password }
  if (kind === 'single') {
    const { url, spec } = await preparePrivateDatabase({
      ...own,
      port,
      logFile: logFile('database'),
    })
    return {
      url,
      specs: [spec],
      servers: [{ name: 'database', port }],
      join: async () => undefined,
      pointTo: () => undefined,
      close: () => undefined,
    }
  }
  if (!isMariaDbServer(command)) throw new LaunchError('A pair of databases wants MariaDB here.')
  const servers = [
    { name: 'database', port, profile: 'primary.cnf' },
    { name: 'database2', port: await freePort(), profile: 'replica.cnf' },
  ] as const
  const made = await Promise.all(
    servers.map((server) =>
      preparePrivateDatabase({ ...own, ...server, logFile: logFile(server.name) }),
    ),
  )
  const front = await openTcpSwitch(await freePort(), port)
  const urlOf = (at: number): string => made[at]?.url ?? ''
  return {
    url: urlOf(0).replace(`:${port}/`, `:${front.port}/`),
    specs: made.map(({ spec }) => spec),
    servers,
    join: () => replicate(urlOf(1), urlOf(0)),
    pointTo(name) {
      const server = servers.find((one) => one.name === name)
      if (server === undefined) throw new LaunchError(`There is no database '${name}'.`)
      front.pointTo(server.port)
    },
    close: () => front.close(),
  }
}

/** The first follows the second from where it is, and no longer whom it followed before. */
export async function replicate(replicaUrl: string, primaryUrl: string): Promise<void> {
  const { hostname, port, password } = new URL(primaryUrl)
  await asAdmin(replicaUrl, async (replica) => {
    await replica.query('STOP SLAVE')
    await replica.query(
      `CHANGE MASTER TO MASTER_HOST = ?, MASTER_PORT = ?, MASTER_USER = ?, MASTER_PASSWORD = ?,
         MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos`,
      [hostname, Number(port), ADMIN, decodeURIComponent(password)],
    )
    await replica.query('START SLAVE')
  })
  const isFollowed = (primary: Connection): Promise<boolean> =>
    waitUntil(async () => (await semiSyncReplicas(primary)) > 0, { timeoutMs: REPLICATES_MS })
  if (await asAdmin(primaryUrl, isFollowed)) return
  throw new LaunchError(`The database has no replica within ${REPLICATES_MS / 1_000} s.`)
}

async function semiSyncReplicas(primary: Connection): Promise<number> {
  const [row] = await primary.query<{ Value: string }[]>(
    "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_clients'",
  )
  return Number(row?.Value ?? 0)
}

async function asAdmin<Result>(
  url: string,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await createConnection({ ...connectionConfig(url), user: ADMIN })
  try {
    return await use(connection)
  } finally {
    await connection.end()
  }
}
