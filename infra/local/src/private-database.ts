import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectionConfig } from '@parley/database'
import { createConnection } from 'mariadb'
import { REPOSITORY } from './app-process.ts'
import type { ChildSpec } from './child-process.ts'
import { initialiseDatabase, isMariaDbServer, ownerFlags } from './initialise-database.ts'

export interface PrivateDatabase {
  readonly url: string
  readonly spec: ChildSpec
}

const DATABASE = 'parley'
/** May do everything, also write where nothing is to be written; with the password of the apps’ user. */
export const ADMIN = 'parley_admin'

/** A MariaDB or MySQL of our own below `dir`, with the durability that the contract asks for. */
export async function preparePrivateDatabase(options: {
  readonly command: string
  readonly port: number
  readonly dir: string
  readonly password: string
  readonly logFile: string
  /** `database`, if there is only the one. */
  readonly name?: string
  /** A file of `infra/mysql`, for one of a pair. */
  readonly profile?: string
}): Promise<PrivateDatabase> {
  const { command, port, dir, password, logFile, name = 'database', profile } = options
  const dataDir = join(dir, name === 'database' ? 'mysql' : `mysql-${name}`)
  const isMariaDb = isMariaDbServer(command)
  if (!existsSync(dataDir)) await initialiseDatabase({ command, dataDir, logFile, isMariaDb })
  const initFile = join(dir, 'secrets', 'database-init.sql')
  writeFileSync(initFile, initSql(password, isMariaDb), { mode: 0o600 })
  const url = `mysql://parley:${password}@127.0.0.1:${port}/${DATABASE}`
  const spec: ChildSpec = {
    name,
    command,
    args: [
      profile === undefined
        ? '--no-defaults'
        : `--defaults-file=${join(REPOSITORY, 'infra/mysql', profile)}`,
      ...serverFlags(dataDir, port),
      ...(isMariaDb ? [] : ['--mysqlx=OFF', ...(profile === undefined ? ['--skip-log-bin'] : [])]),
      `--init-file=${initFile}`,
    ],
    logFile,
    stopTimeoutMs: 30_000,
    isReady: () => canConnect(url),
  }
  return { url, spec }
}

async function canConnect(url: string): Promise<boolean> {
  return (await connectProblem(url)) === null
}

/** Why no connection can be made, or null. */
export async function connectProblem(url: string): Promise<string | null> {
  try {
    const connection = await createConnection({ ...connectionConfig(url), connectTimeout: 3_000 })
    await connection.end()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function serverFlags(dataDir: string, port: number): string[] {
  return [
    `--datadir=${dataDir}`,
    ...ownerFlags(),
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    // Relative to the data folder: the path of a socket may not be longer than 107 characters.
    '--socket=database.sock',
    '--pid-file=database.pid',
    '--skip-name-resolve',
    '--innodb-flush-log-at-trx-commit=1',
    '--sync-binlog=1',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--transaction-isolation=READ-COMMITTED',
    '--innodb-buffer-pool-size=256M',
    '--max-connections=300',
    '--max-allowed-packet=64M',
  ]
}

/** Run at each start, so that a password that was lost with its folder is set again. */
function initSql(password: string, isMariaDb: boolean): string {
  const user = `'parley'@'127.0.0.1'`
  return [
    // Each of a pair says it for itself: what one wrote of it would be foreign to the other.
    'SET sql_log_bin = 0;',
    `CREATE DATABASE IF NOT EXISTS ${DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;`,
    // Tests make a database each.
    ...userSql(user, password),
    // For whoever breaks the database on purpose: what is read-only for the apps is not for it.
    ...userSql(`'${ADMIN}'@'127.0.0.1'`, password),
    // A site that shares the server makes users of its own with it.
    `GRANT GRANT OPTION ON *.* TO '${ADMIN}'@'127.0.0.1';`,
    ...(isMariaDb ? [`REVOKE READ_ONLY ADMIN ON *.* FROM ${user};`] : []),
    '',
  ].join('\n')
}

const userSql = (user: string, password: string): string[] => [
  `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${password}';`,
  `ALTER USER ${user} IDENTIFIED BY '${password}';`,
  `GRANT ALL PRIVILEGES ON *.* TO ${user};`,
]
