import { withDatabase, type Query } from '../installation/query-database.ts'
import { judgeClock } from './check-address.ts'
import { judgeSettings, type DatabaseSettings } from './judge-database.ts'
import { error, ok, skipped, warn, type Finding } from './finding.ts'

export interface DatabaseTerms {
  readonly url: string | undefined
  /** How many APIs and workers there are, as far as it is known. */
  readonly processes: number | undefined
  /** `DATABASE_CONNECTIONS` of each. */
  readonly poolSize: number
}

/** What the truth stands on: is it kept, is it complete, is somebody at work on what follows from it? */
export async function checkDatabase(terms: DatabaseTerms): Promise<Finding[]> {
  const { url } = terms
  if (url === undefined) {
    return [
      skipped('database-answers', 'Set DATABASE_URL or DATABASE_URL_FILE to have it looked at.'),
    ]
  }
  try {
    return await withDatabase(url, async (query) => [
      ok('database-answers', 'The database answers.'),
      ...judgeSettings(await readSettings(query), terms),
      await clock(query),
      ...(await tables(url, query)),
    ])
  } catch (problem) {
    return [error('database-answers', `${(problem as Error).message}; check address and password.`)]
  }
}

async function readSettings(query: Query): Promise<DatabaseSettings> {
  const names = [
    'version',
    'read_only',
    'innodb_flush_log_at_trx_commit',
    'innodb_doublewrite',
    'log_bin',
    'sync_binlog',
    'binlog_format',
    'max_connections',
    'max_allowed_packet',
    'character_set_database',
    'collation_database',
  ]
  const rows = await query<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map(() => '?').join(', ')})`,
    names,
  )
  // Of the session, these two are those of the database that was named.
  const here = await query<{ Variable_name: string; Value: string }>(
    "SHOW SESSION VARIABLES WHERE Variable_name IN ('character_set_database', 'collation_database')",
  )
  return new Map([...rows, ...here].map((row) => [row.Variable_name, row.Value]))
}

async function clock(query: Query): Promise<Finding> {
  const askedMs = Date.now()
  const [row] = await query<{ ms: number | string }>(
    "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) / 1000 AS ms",
  )
  const answeredMs = Date.now()
  const thereMs = Number(row?.ms)
  return judgeClock('clock-database', 'database', {
    leastMs: thereMs - answeredMs,
    mostMs: thereMs - askedMs,
  })
}

async function tables(url: string, query: Query): Promise<Finding[]> {
  const { migrationStatus } = await import('@parley/database/migrations')
  const { pending, failed, changed } = await migrationStatus(url)
  if (failed.length > 0) {
    const name = failed.join(', ')
    return [
      error('migrations', `${name} failed half way; see docs/operations.md, and mend it by hand.`),
    ]
  }
  if (changed.length > 0) {
    const name = changed.join(', ')
    return [error('migrations', `${name} was changed after it was applied; put the file back.`)]
  }
  if (pending.length > 0) {
    return [error('migrations', `${pending.length} migrations wait; run parley migrate up.`)]
  }
  return [ok('migrations', 'All migrations are applied.'), await outbox(query)]
}

async function outbox(query: Query): Promise<Finding> {
  const [row] = await query<{ rows: number; ageS: number | null }>(
    `SELECT COUNT(*) AS \`rows\`, TIMESTAMPDIFF(SECOND, MIN(created_at), CURRENT_TIMESTAMP(3)) AS ageS
     FROM (SELECT created_at FROM log_outbox ORDER BY id LIMIT 10000) AS oldest`,
  )
  return judgeOutbox(row?.rows ?? 0, row?.ageS ?? 0)
}

const LATE_S = 15
const STUCK_S = 120

export function judgeOutbox(rows: number, ageS: number): Finding {
  if (rows === 0) return ok('worker-outbox', 'Nothing waits for a worker.')
  const what = `${rows >= 10_000 ? 'Over 10,000' : rows} batches wait for a worker, the oldest for ${ageS} s`
  if (ageS >= STUCK_S) {
    return error('worker-outbox', `${what}: start one, or look at why it does not come on.`)
  }
  return ageS >= LATE_S
    ? warn('worker-outbox', `${what}: it does not keep up, or has just begun.`)
    : ok('worker-outbox', `${what}.`)
}
