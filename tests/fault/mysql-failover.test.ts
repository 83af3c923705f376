import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensurePrograms, REPOSITORY } from '@parley/local-cluster'
import { eventually, findViolations, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gather, talkUntil, type Talk } from './talk.ts'

const FAST = { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' }

let cluster: TestCluster
let talk: Talk
beforeAll(async () => {
  await ensurePrograms(['mariadb'])
  cluster = await startTestCluster({
    database: 'pair',
    gateways: 2,
    apis: 2,
    workers: 0,
    env: { gateway: { ...FAST, HEADS_INTERVAL_MS: '1000' } },
  })
  talk = await gather(cluster, 4)
})
afterAll(() => cluster.stop())

const urlOf = (name: string): URL =>
  new URL(cluster.info().database.servers.find((one) => one.name === name)?.url ?? '')

/** The program that an operator runs. Answers what it said. */
async function promote(name: string, flags: readonly string[]): Promise<string> {
  const { host, password } = urlOf(name)
  const { stdout } = await promisify(execFile)(
    join(REPOSITORY, 'infra/mysql/promote-replica.sh'),
    ['--replica', host, '--user', 'parley_admin', ...flags],
    { env: { ...process.env, MYSQL_PWD: password } },
  )
  return stdout
}

/** One statement, one value at most. */
async function asAdmin(name: string, sql: string): Promise<string> {
  const { mariadb } = await ensurePrograms(['mariadb'])
  const { hostname, port, password } = urlOf(name)
  const { stdout } = await promisify(execFile)(
    mariadb,
    [
      '--no-defaults',
      '--protocol=tcp',
      '--batch',
      '--skip-column-names',
      `--host=${hostname}`,
      `--port=${port}`,
      '--user=parley_admin',
      `--execute=${sql}`,
      'parley',
    ],
    { env: { MYSQL_PWD: password } },
  )
  return stdout.trim()
}

const epochOf = async (name: string): Promise<number> =>
  Number(await asAdmin(name, 'SELECT epoch FROM log_epoch'))

test('a primary is killed while people talk: with its replica promoted nothing is lost', async () => {
  const epoch = await epochOf('database')
  const dry = await promote('database2', ['--old', urlOf('database').host, '--dry-run'])
  expect(dry).toContain('would run')
  const said = await talkUntil(
    talk,
    (async () => {
      const saidBefore = (): number => talk.clients.reduce((sum, one) => sum + one.acked.length, 0)
      await eventually(() => expect(saidBefore()).toBeGreaterThan(40), { timeoutMs: 20_000 })
      await cluster.kill('database')
      const answer = await promote('database2', ['--old', urlOf('database').host, '--nothing-lost'])
      expect(answer).toContain('does not answer')
      cluster.pointDatabase('database2')
      const at = saidBefore()
      await eventually(() => expect(saidBefore()).toBeGreaterThan(at + 20), { timeoutMs: 30_000 })
    })(),
  )
  expect(said).toBeGreaterThan(60)
  expect(await epochOf('database2')).toBe(epoch)
  expect(await findViolations(cluster.url, talk.clients, talk.rooms)).toEqual([])
})

test('where commits are lost the epoch is raised, and everybody begins anew', async () => {
  const epoch = await epochOf('database2')
  for (const api of ['a1', 'a2']) await cluster.stopProcess(api)
  await cluster.kill('database2')
  // The old primary knows nothing of what was said since: a replica that has lagged.
  await cluster.start('database')
  await asAdmin('database', "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_USER = 'nobody'")
  await asAdmin('database', 'START SLAVE SQL_THREAD')
  expect(await promote('database', ['--old', urlOf('database2').host])).toContain(
    'raising the epoch',
  )
  const raised = await epochOf('database')
  expect(raised).toBeGreaterThan(epoch)
  cluster.pointDatabase('database')
  for (const api of ['a1', 'a2']) await cluster.start(api)

  await eventually(
    () => {
      for (const { sessions } of talk.clients) expect(sessions.at(-1)?.epoch).toBe(raised)
    },
    { timeoutMs: 30_000 },
  )
  // They held positions that this log has not reached, and were told so.
  for (const { recorder } of talk.clients) {
    await eventually(() => expect(recorder.violations.join()).toContain('reset'))
  }
  const user = talk.clients[0]?.user
  if (user === undefined) throw new Error('Nobody talks.')
  const anew = cluster.resumingClient(user, talk.rooms)
  await anew.ready()
  await anew.send(talk.rooms[0] ?? '', 'from here on')
  expect(await findViolations(cluster.url, [anew], talk.rooms)).toEqual([])
})
