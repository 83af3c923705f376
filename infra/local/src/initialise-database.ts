import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { LaunchError } from './launch-error.ts'
import { quoteLog } from './quote-log.ts'

export interface InitialiseOptions {
  readonly command: string
  readonly dataDir: string
  readonly logFile: string
  readonly isMariaDb: boolean
}

const ATTEMPTS = 2

// Each by the name of MariaDB 10 and that of 11.
const SYSTEM_TABLES = [
  ['mysql_system_tables.sql', 'mariadb_system_tables.sql'],
  ['mysql_performance_tables.sql', 'mariadb_performance_tables.sql'],
  ['mysql_system_tables_data.sql', 'mariadb_system_tables_data.sql'],
] as const

/** Debian's `mysqld` is MariaDB too. */
export function isMariaDbServer(command: string): boolean {
  const { stdout } = spawnSync(command, ['--no-defaults', '--version'], { encoding: 'utf8' })
  return /mariadb/iu.test(stdout ?? '')
}

/** The server refuses to run as root unless it is said to be meant. */
export function ownerFlags(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : []
}

/** Makes the data folder, or nothing: it is made under another name and renamed when complete. */
export async function initialiseDatabase(options: InitialiseOptions): Promise<void> {
  const { command, dataDir, logFile, isMariaDb } = options
  const unfinished = `${dataDir}.unfinished`
  const flags = ['--no-defaults', `--datadir=${unfinished}`, ...ownerFlags()]
  const [ownFlags, sql] = isMariaDb
    ? [BOOTSTRAP_FLAGS, bootstrapSql(command)]
    : [['--initialize-insecure'], '']
  for (let attempt = 1; ; attempt += 1) {
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true, mode: 0o700 })
    const code = await run(command, [...flags, ...ownFlags], logFile, sql)
    if (code === 0) break
    // Many servers that start together can be short of what they soon have enough of.
    if (attempt < ATTEMPTS) continue
    throw new LaunchError(quoteLog('The database could not be initialised', logFile))
  }
  renameSync(unfinished, dataDir)
}

const BOOTSTRAP_FLAGS = [
  '--bootstrap',
  '--log-warnings=0',
  '--enforce-storage-engine=',
  '--max-allowed-packet=8M',
  '--net-buffer-length=16K',
]

// `mariadb-install-db` does the same, but needs a program of the client packages and takes longer.
function bootstrapSql(command: string): string {
  const folder = shareFolder(command)
  const tables = SYSTEM_TABLES.map((names) => {
    const file = names.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (file === undefined)
      throw new LaunchError(`${folder} lacks ${names[0]}; install MariaDB anew.`)
    return readFileSync(file, 'utf8')
  })
  // Nobody but the system's root may be the server's root, and only over its socket.
  const before = ['create database mysql;', 'use mysql;', "SET @auth_root_socket='root';", '']
  return before.join('\n') + tables.join('\n')
}

function shareFolder(command: string): string {
  const beside = resolve(dirname(command), '..', 'share')
  const folders = [beside, '/usr/share'].flatMap((share) =>
    ['mysql', 'mariadb'].map((name) => join(share, name)),
  )
  const found = folders.find((folder) =>
    SYSTEM_TABLES[0].some((name) => existsSync(join(folder, name))),
  )
  if (found !== undefined) return found
  throw new LaunchError(
    `The SQL files that come with ${command} were not found in ${folders.join(', ')}.`,
  )
}

function run(
  command: string,
  args: string[],
  logFile: string,
  input: string,
): Promise<number | null> {
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(command, args, { stdio: ['pipe', log, log] })
  closeSync(log)
  // It may end before it has read everything; its exit code tells.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  return new Promise((settle) => {
    child.once('error', () => settle(null))
    child.once('exit', settle)
  })
}
