import { expect, test } from 'vitest'
import { isLoopback } from './ask.ts'
import { judgeCertificate, judgeClock, judgeKey } from './check-address.ts'
import { judgeOutbox } from './check-database.ts'
import { judgeVersions } from './check-processes.ts'
import { judgeSecret } from './check-settings.ts'
import { report } from './doctor.ts'
import { error, ok, type Finding } from './finding.ts'
import { judgeSettings } from './judge-database.ts'
import { judgeRedis } from './judge-redis.ts'

const DAY_MS = 24 * 3_600_000

const RIGHT = {
  version: '8.4.3',
  read_only: 'OFF',
  innodb_flush_log_at_trx_commit: '1',
  innodb_doublewrite: 'ON',
  log_bin: 'ON',
  sync_binlog: '1',
  binlog_format: 'ROW',
  max_connections: '300',
  max_allowed_packet: String(64 * 1024 ** 2),
  character_set_database: 'utf8mb4',
  collation_database: 'utf8mb4_0900_ai_ci',
}
const POOLS = { processes: 3, poolSize: 16 }

const wrongOf = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ level, code }) => (level === 'ok' ? [] : [`${level} ${code}`]))

test('a database that is set up as the pages say is right', () => {
  expect(wrongOf(judgeSettings(new Map(Object.entries(RIGHT)), POOLS))).toEqual([])
})

test.each([
  [{ version: '5.7.44' }, 'error database-version'],
  [{ version: '10.5.1-MariaDB' }, 'error database-version'],
  [{ version: '11.4.2-MariaDB-log' }, undefined],
  [{ read_only: 'ON' }, 'error database-writable'],
  [{ innodb_flush_log_at_trx_commit: '2' }, 'error database-durability'],
  [{ sync_binlog: '0' }, 'error database-durability'],
  [{ log_bin: 'OFF', sync_binlog: '0' }, undefined],
  [{ innodb_doublewrite: 'OFF' }, 'error database-durability'],
  [{ innodb_doublewrite: 'DETECT_AND_RECOVER' }, undefined],
  [{ binlog_format: 'STATEMENT' }, 'error database-isolation'],
  [{ max_connections: '83' }, 'error database-connections'],
  [{ max_connections: '84' }, undefined],
  [{ max_allowed_packet: '16777216' }, 'warn database-packet'],
  [{ character_set_database: 'latin1' }, 'error database-charset'],
])('of a database with %j it is said: %s', (change, said) => {
  const settings = new Map(Object.entries({ ...RIGHT, ...change }))
  expect(wrongOf(judgeSettings(settings, POOLS))).toEqual(said === undefined ? [] : [said])
})

test('how many processes there are may be unknown', () => {
  const settings = new Map(Object.entries(RIGHT))
  const unknown = { processes: undefined, poolSize: 16 }
  expect(wrongOf(judgeSettings(settings, unknown))).toEqual(['skipped database-connections'])
})

const REDIS = {
  info: { redis_version: '7.2.4', used_memory: '1000', maxmemory: '0' },
  pubsubBuffer: 'normal 0 0 0 slave 268435456 67108864 60 pubsub 268435456 67108864 60',
  policy: 'noeviction',
}

test.each([
  [{}, undefined],
  [{ info: { redis_version: '5.0.14' } }, 'error redis-answers'],
  [{ pubsubBuffer: 'normal 0 0 0 pubsub 33554432 8388608 60' }, 'warn redis-buffer'],
  [{ pubsubBuffer: 'pubsub 0 0 0' }, undefined],
  [{ pubsubBuffer: undefined }, 'skipped redis-buffer'],
  [{ policy: 'allkeys-lru' }, 'error redis-eviction'],
  [{ policy: undefined }, 'skipped redis-eviction'],
  [{ info: { redis_version: '7.0.0', used_memory: '95', maxmemory: '100' } }, 'warn redis-memory'],
  [{ info: { redis_version: '7.0.0', rdb_last_bgsave_status: 'err' } }, 'error redis-persistence'],
])('of a Redis with %j it is said: %s', (change, said) => {
  const { info, pubsubBuffer, policy } = { ...REDIS, ...change }
  const facts = { info: new Map(Object.entries(info)), pubsubBuffer, policy }
  expect(wrongOf(judgeRedis(facts))).toEqual(said === undefined ? [] : [said])
})

test.each([
  [-1, null, 'error'],
  [5, null, 'warn'],
  [60, null, 'ok'],
  [60, 'DEPTH_ZERO_SELF_SIGNED_CERT', 'error'],
])('a certificate for %d more days, with the problem %s, is %s', (days, problem, level) => {
  const nowMs = Date.UTC(2026, 0, 1)
  const validTo = new Date(nowMs + days * DAY_MS)
  expect(judgeCertificate({ validTo, problem }, nowMs).level).toBe(level)
})

test.each([
  [-500, 1_500, 'ok'],
  [5_000, 6_000, 'warn'],
  [-6_000, -5_000, 'warn'],
  [60_000, 61_000, 'error'],
])('a clock that is between %d and %d ms off is %s', (leastMs, mostMs, level) => {
  expect(judgeClock('clock-api', 'API', { leastMs, mostMs }).level).toBe(level)
})

test.each([
  [0, 0, 'ok'],
  [3, 2, 'ok'],
  [3, 30, 'warn'],
  [3, 600, 'error'],
])('%d batches, the oldest for %d s, are %s', (rows, ageS, level) => {
  expect(judgeOutbox(rows, ageS).level).toBe(level)
})

test('versions differ in a sentence that names them', () => {
  const of = (name: string, node?: string, parley?: string) => ({ name, node, parley })
  expect(judgeVersions([of('a1', 'v20.1.0'), of('g1', 'v20.1.0')]).level).toBe('ok')
  expect(judgeVersions([of('a1', 'v20.1.0', '1'), of('a2', 'v20.1.0', '2')])).toMatchObject({
    level: 'warn',
    message: expect.stringContaining('a1 1, a2 2'),
  })
  expect(judgeVersions([of('a1'), of('g1')]).level).toBe('skipped')
})

test.each([
  [200, 'ok'],
  [403, 'ok'],
  [401, 'error'],
  [503, 'warn'],
])('a key that is answered %d is %s', (status, level) => {
  expect(judgeKey(status).level).toBe(level)
})

test('secrets are long and no examples, and are not shown', () => {
  const good = 'fK3v9QmZ2xYtR7wLp4nBc8sJdHgUe1Ao'
  expect(judgeSecret('INTERNAL_TOKEN', good, 32)).toBeUndefined()
  for (const [secret, level] of [
    [good.slice(0, 20), 'warn'],
    ['change-me-change-me-change-me-change-me', 'error'],
    ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'error'],
  ] as const) {
    const finding = judgeSecret('INTERNAL_TOKEN', secret, 32)
    expect(finding?.level).toBe(level)
    expect(finding?.message).not.toContain(secret)
  }
})

test('a report is a line a finding and a verdict', () => {
  const findings = [ok('websocket', 'It is.'), error('migrations', '2 wait.')]
  const counts = { ok: 1, skipped: 0, warn: 0, error: 1 }
  expect(report(findings, counts, false)).toBe(
    'ok       websocket   It is.\nerror    migrations  2 wait.\n1 ok, 0 warnings, 1 errors, 0 skipped.\n',
  )
})

test.each([
  ['127.0.0.1', true],
  ['localhost', true],
  ['[::1]', true],
  ['127.0.0.1.example', false],
  ['127.example', false],
  ['localhost.example', false],
])('%s stays on this machine: %s', (hostname, is) => {
  expect(isLoopback(hostname)).toBe(is)
})
