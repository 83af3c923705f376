import { ensurePrograms, redisCli } from '@parley/local-cluster'
import { eventually, findViolations, startTestCluster, type TestCluster } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gather, readMetric, talkUntil, type Talk } from './talk.ts'

const FAST = { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' }
/** What comes within it, while Redis is there, comes by news. */
const NO_LOOKING = { HEADS_INTERVAL_MS: '600000' }
const WHOLE_MS = 30_000
const PRESENCE = '{parley:presence}'

let cluster: TestCluster
let talk: Talk
beforeAll(async () => {
  cluster = await startTestCluster({
    redis: 'cluster',
    gateways: 2,
    apis: 1,
    env: { gateway: { ...FAST, ...NO_LOOKING } },
  })
  talk = await gather(cluster, 4)
})
afterAll(() => cluster.stop())

interface Node {
  readonly id: string
  readonly name: string
  readonly port: number
  /** From its first slot to that of presence. */
  readonly upTo: number
}

async function ask<Answer>(
  url: string,
  question: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  const redis = new Redis(url)
  return question(redis).finally(() => redis.disconnect())
}

const living = () => cluster.info().redis.servers.filter(({ pid }) => pid !== null)

/** As one that lives sees it: masters, by whether they have the slot of presence. */
async function findMasters(): Promise<{ owner: Node; others: readonly Node[] }> {
  const { servers } = cluster.info().redis
  const [slot, shards] = await ask(living()[0]?.url ?? '', async (redis) => [
    await redis.cluster('KEYSLOT', PRESENCE),
    await redis.cluster('SLOTS'),
  ])
  const found = shards.flatMap(([from, to, master]) => {
    const [, port, id] = master ?? []
    const name = servers.find(({ url }) => url.endsWith(`:${port}`))?.name
    if (name === undefined) return []
    return [
      {
        id: id ?? '',
        name,
        port: port ?? 0,
        upTo: slot - from + 1,
        isOwner: from <= slot && slot <= to,
      },
    ]
  })
  const owner = found.find(({ isOwner }) => isOwner)
  if (owner === undefined) throw new Error('Nobody has the slot of presence.')
  return { owner, others: found.filter(({ id }) => id !== owner.id) }
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

/** Leases of presence are renewed, and jobs are carried and done. */
async function expectKeys(): Promise<void> {
  const { gateways, workers } = cluster.info()
  const leases = await readMetric(gateways, 'parley_presence_leases')
  expect(leases).toBe(gateways.length ** 2)
  const lost = await readMetric(workers, 'parley_jobs_not_carried_total')
  const done = await readMetric(workers, 'parley_job_seconds_count')
  // A job looks at each link; this one it does not follow.
  await talk.clients[0]?.send(talk.rooms[0] ?? '', `see http://127.0.0.1:9/${Date.now()}`)
  await eventually(
    async () => expect(await readMetric(workers, 'parley_job_seconds_count')).toBeGreaterThan(done),
    { timeoutMs: WHOLE_MS },
  )
  expect(await readMetric(workers, 'parley_jobs_not_carried_total')).toBe(lost)
}

test('slots move while people talk, that of presence among them', async () => {
  await eventually(expectKeys, { timeoutMs: WHOLE_MS })
  await expectNews()
  const { 'redis-server': command } = await ensurePrograms(['redis-server'])
  const { owner, others } = await findMasters()
  const [to] = others
  await talkUntil(
    talk,
    redisCli(command, [
      '--cluster',
      'reshard',
      `127.0.0.1:${owner.port}`,
      '--cluster-from',
      owner.id,
      '--cluster-to',
      to?.id ?? '',
      '--cluster-slots',
      String(owner.upTo),
      '--cluster-yes',
    ]),
  )
  expect((await findMasters()).owner.name).toBe(to?.name)
  await expectNews()
  await eventually(expectKeys, { timeoutMs: WHOLE_MS })
  expect(await findViolations(cluster.url, talk.clients, talk.rooms)).toEqual([])
})

test('a master is killed while people talk, with those keys: its replica goes on', async () => {
  const { owner } = await findMasters()
  await talkUntil(
    talk,
    (async () => {
      await cluster.kill(owner.name)
      await eventually(async () => expect((await findMasters()).owner.name).not.toBe(owner.name), {
        timeoutMs: WHOLE_MS,
      })
    })(),
  )
  await eventually(expectNews, { timeoutMs: WHOLE_MS })
  await eventually(expectKeys, { timeoutMs: WHOLE_MS })
  expect(await findViolations(cluster.url, talk.clients, talk.rooms)).toEqual([])
})
