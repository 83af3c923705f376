/** All that is looked at; `docs/cli.md` has the same table. */
export const CHECKS = {
  'url-answers': 'The address answers, and an API behind it is ready.',
  'url-encrypted': 'What goes to the address is encrypted, unless it stays on this machine.',
  'tls-certificate': 'The certificate is good, and for three weeks more.',
  'clock-api': 'This machine and the API agree on the time.',
  'api-key': 'The API key is good.',
  websocket: 'A WebSocket comes through the balancer.',
  'polling-sticky': 'Requests of one long polling session come to one gateway.',
  'internal-hidden': '`/internal` cannot be had from outside.',
  'metrics-hidden': '`/metrics` cannot be had from outside, however it is written.',
  'process-ready': 'Each process that is known is ready.',
  'versions-same': 'All processes run one version of Parley on one version of Node.',
  'settings-complete': 'The apps take the settings that are given here.',
  'secret-strength': 'Secrets are long, and none is an example.',
  'file-storage': 'The folder of uploaded files can be written.',
  'database-answers': 'The database can be reached.',
  'database-version': 'MySQL is 8.0 or newer, MariaDB 10.6 or newer.',
  'database-writable': 'The database is not read-only.',
  'database-durability': 'A commit is on the disk before it is acknowledged.',
  'database-isolation': 'Sessions may be READ COMMITTED: the binary log is not of statements.',
  'database-connections': 'The server has room for the pools of the processes.',
  'database-packet': 'One statement may carry 500 messages.',
  'database-charset': 'The database is utf8mb4.',
  'clock-database': 'This machine and the database agree on the time.',
  migrations: 'All migrations are applied.',
  'worker-outbox': 'A worker takes what the log leaves for it.',
  'redis-answers': 'Redis can be reached, and is 6.0 or newer.',
  'redis-buffer': 'Redis keeps a burst of news for a reader that is slow.',
  'redis-eviction': 'Redis does not throw the jobs of workers away.',
  'redis-memory': 'Redis has room.',
  'redis-persistence': 'Redis does not refuse writes because its disk is full.',
} as const
export type Check = keyof typeof CHECKS

/** `skipped`: it could not be looked at from here, and why. */
export type Level = 'ok' | 'skipped' | 'warn' | 'error'

export interface Finding {
  readonly level: Level
  readonly code: Check
  readonly message: string
}

const found =
  (level: Level) =>
  (code: Check, message: string): Finding => ({ level, code, message })

export const ok = found('ok')
export const skipped = found('skipped')
export const warn = found('warn')
export const error = found('error')
