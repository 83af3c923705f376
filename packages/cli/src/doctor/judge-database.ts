import { error, ok, skipped, warn, type Finding } from './finding.ts'

/** Variables of the server by name, as it writes them. */
export type DatabaseSettings = ReadonlyMap<string, string>

export interface PoolTerms {
  readonly processes: number | undefined
  readonly poolSize: number
}

const OLDEST = { MySQL: [8, 0], MariaDB: [10, 6] } as const
const PACKET_BYTES = 64 * 1024 ** 2

const isOn = (value: string | undefined): boolean => value === 'ON' || value === '1'

/** Each setting that the log, its pools or its text depend on. */
export function judgeSettings(settings: DatabaseSettings, pools: PoolTerms): Finding[] {
  return [
    version(settings.get('version') ?? ''),
    isOn(settings.get('read_only'))
      ? error(
          'database-writable',
          'The server is read-only: nothing can be sent; name the primary.',
        )
      : ok('database-writable', 'The server takes writes.'),
    durability(settings),
    isolation(settings),
    connections(settings, pools),
    packet(settings),
    charset(settings),
  ]
}

function version(text: string): Finding {
  const brand = /mariadb/iu.test(text) ? 'MariaDB' : 'MySQL'
  const numbers = /(\d+)\.(\d+)/u.exec(text)
  const [major = 0, minor = 0] = (numbers ?? []).slice(1).map(Number)
  const [oldMajor, oldMinor] = OLDEST[brand]
  const isNew = major > oldMajor || (major === oldMajor && minor >= oldMinor)
  return isNew
    ? ok('database-version', `It is ${brand} ${major}.${minor}.`)
    : error(
        'database-version',
        `It is ${brand} ${major}.${minor}; Parley needs ${oldMajor}.${oldMinor} or newer.`,
      )
}

function durability(settings: DatabaseSettings): Finding {
  const wrong: string[] = []
  if (settings.get('innodb_flush_log_at_trx_commit') !== '1') {
    wrong.push('innodb_flush_log_at_trx_commit = 1')
  }
  if (isOn(settings.get('log_bin')) && settings.get('sync_binlog') !== '1') {
    wrong.push('sync_binlog = 1')
  }
  // MySQL 8 knows DETECT_AND_RECOVER too, which is as safe; DETECT_ONLY is not.
  if (/^(OFF|0|DETECT_ONLY)$/iu.test(settings.get('innodb_doublewrite') ?? 'ON')) {
    wrong.push('innodb_doublewrite = ON')
  }
  return wrong.length === 0
    ? ok('database-durability', 'A commit is on the disk before it is acknowledged.')
    : error(
        'database-durability',
        `Acknowledged messages may be lost when the machine of the database fails; set ${wrong.join(', ')}.`,
      )
}

function isolation(settings: DatabaseSettings): Finding {
  const isStatement = settings.get('binlog_format')?.toUpperCase() === 'STATEMENT'
  return isStatement && isOn(settings.get('log_bin'))
    ? error(
        'database-isolation',
        'A binary log of statements refuses writes of READ COMMITTED sessions; set binlog_format = ROW.',
      )
    : ok('database-isolation', 'READ COMMITTED sessions may write.')
}

/** As `docs/operations.md` counts them: 1.5 times the pool, and four for the writers of rooms. */
const connectionsOf = (poolSize: number): number => Math.ceil(1.5 * poolSize) + 4

function connections(settings: DatabaseSettings, { processes, poolSize }: PoolTerms): Finding {
  const allowed = Number(settings.get('max_connections'))
  const each = connectionsOf(poolSize)
  if (processes === undefined) {
    const most = Math.floor(allowed / each)
    return most < 2
      ? error(
          'database-connections',
          `max_connections = ${allowed} is too few for two processes of up to ${each}; raise it.`,
        )
      : skipped(
          'database-connections',
          `max_connections = ${allowed} is enough for ${most} APIs and workers; how many there are is not known.`,
        )
  }
  const needed = processes * each
  return needed <= allowed
    ? ok(
        'database-connections',
        `${processes} processes open up to ${needed} of ${allowed} connections.`,
      )
    : error(
        'database-connections',
        `${processes} processes open up to ${needed} connections, and max_connections is ${allowed}; raise it, or lower DATABASE_CONNECTIONS.`,
      )
}

function packet(settings: DatabaseSettings): Finding {
  const bytes = Number(settings.get('max_allowed_packet'))
  const megabytes = `${Math.floor(bytes / 1024 ** 2)} MiB`
  return bytes >= PACKET_BYTES
    ? ok('database-packet', `A statement may have ${megabytes}.`)
    : warn(
        'database-packet',
        `A statement may have ${megabytes}, and a batch of large messages more; set max_allowed_packet = 64M.`,
      )
}

function charset(settings: DatabaseSettings): Finding {
  const set = settings.get('character_set_database')
  const collation = settings.get('collation_database')
  return set === 'utf8mb4'
    ? ok('database-charset', `The database is ${set}, ${collation ?? ''}.`)
    : error(
        'database-charset',
        `The database is ${set ?? 'of no known charset'}; ALTER DATABASE … CHARACTER SET utf8mb4, before tables are made.`,
      )
}
