import { SqlError } from 'mariadb'

const LOST_TO_ANOTHER = new Set([
  1213, // deadlock
  1205, // lock wait time-out
  1062, // duplicate key: another replica made the same room first; the next look finds it
])
const DATABASE_AWAY = new Set([
  1040, 1053, 1158, 1159, 1160, 1161, 1184, 1203, 1290, 1792, 1836, 2006, 2013,
])

/** The driver hands on some errors of the connection as the system says them. */
const CONNECTION_LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && CONNECTION_LOST.has(String(error.code))

/** What to do after a batch failed: `again` at once, `later` as the database is away, or not at all. */
export function retryAdviceOf(error: unknown): 'again' | 'later' | 'never' {
  if (!(error instanceof SqlError)) return isConnectionLost(error) ? 'later' : 'never'
  if (LOST_TO_ANOTHER.has(error.errno)) return 'again'
  if (error.fatal || error.errno >= 45_000 || DATABASE_AWAY.has(error.errno)) return 'later'
  return 'never'
}

/** Integrity, data and syntax errors, and transactions that were rolled back: of statements, not of commits. */
const REFUSALS = new Set(['22', '23', '40', '42'])
/** The server may not be written to, or a lock was not had in time: `HY000`, as much else. */
const REFUSING = new Set([1205, 1290, 1792, 1836])

/** The server has said that it will not do the statement: it has not, nor what was to follow in its packet. */
export const isRefusal = ({ sqlState, errno }: SqlError): boolean =>
  REFUSALS.has(sqlState?.slice(0, 2) ?? '') || REFUSING.has(errno)
