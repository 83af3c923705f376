import { eventually, findViolations, startTestCluster, type TestCluster } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gather, readMetric, talkUntil, type Talk } from './talk.ts'

const FAST = { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' }
/** What comes within it, while Redis is there, comes by news. */
const NO_LOOKING = { HEADS_INTERVAL_MS: '600000' }
const FAILOVER_MS = 30_000

let cluster: TestCluster
let talk: Talk
beforeAll(async () => {
  cluster = await startTestCluster({
    redis: 'sentinel',
    gateways: 2,
    apis: 1,
    env: { gateway: { ...FAST, ...NO_LOOKING } },
  })
  talk = await gather(cluster, 4)
})
afterAll(() => cluster.stop())

const nameOfMaster = async (): Promise<string> => {
  for (const { name, url, pid } of cluster.info().redis.servers) {
    if (pid === null) continue
    const redis = new Redis(url)
    const info = await redis.info('replication').finally(() => redis.disconnect())
    if (info.includes('role:master')) return name
  }
  throw new Error('No Redis says that it is the master.')
}

/** Said on one gateway, heard on the other, and nobody has looked at the log for it. */
async function expectNews(): Promise<void> {
  const { gateways } = cluster.info()
  const before = await readMetric(gateways, 'parley_reconciled_rooms_total')
  const [speaker, ...others] = talk.clients
  const roomId = talk.rooms[0] ?? ''
  for (let n = 0; n < 5; n += 1) {
    const seq = (await speaker?.send(roomId, `news ${n} ${Date.now()}`)) ?? 0
    await Promise.all(others.map(({ recorder }) => recorder.reaches(roomId, seq)))
  }
  expect(await readMetric(gateways, 'parley_reconciled_rooms_total')).toBe(before)
}

test('a master is killed while people talk: they go on, and news comes by the new one', async () => {
  expect(await nameOfMaster()).toBe('redis')
  await expectNews()
  let during = 0
  await talkUntil(
    talk,
    (async () => {
      await cluster.kill('redis')
      const before = talk.clients.map(({ acked }) => acked.length)
      await eventually(async () => expect(await nameOfMaster()).toBe('redis2'), {
        timeoutMs: FAILOVER_MS,
      })
      during = Math.min(...talk.clients.map(({ acked }, n) => acked.length - (before[n] ?? 0)))
    })(),
  )
  // Nobody waited for a master.
  expect(during).toBeGreaterThan(5)
  await eventually(expectNews, { timeoutMs: FAILOVER_MS })
  expect(await findViolations(cluster.url, talk.clients, talk.rooms)).toEqual([])
})

test('the old master comes back as a replica, and the new one may die in turn', async () => {
  await cluster.start('redis')
  const replica = new Redis(cluster.info().redis.servers[0]?.url ?? '')
  await eventually(
    async () => expect(await replica.info('replication')).toContain('master_link_status:up'),
    { timeoutMs: FAILOVER_MS },
  )
  replica.disconnect()
  await talkUntil(
    talk,
    (async () => {
      // Its connections stay, and it answers nothing: only the sentinels know.
      await cluster.kill('redis2', 'SIGSTOP')
      await eventually(
        async () => {
          const [first] = cluster.info().redis.servers
          const redis = new Redis(first?.url ?? '')
          const info = await redis.info('replication').finally(() => redis.disconnect())
          expect(info).toContain('role:master')
        },
        { timeoutMs: FAILOVER_MS },
      )
    })(),
  )
  await eventually(expectNews, { timeoutMs: FAILOVER_MS })
  await cluster.kill('redis2', 'SIGCONT')
  expect(await findViolations(cluster.url, talk.clients, talk.rooms)).toEqual([])
})
