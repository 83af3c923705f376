import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  ensurePrograms,
  redisCli,
  REPOSITORY,
  waitUntil,
  type Cluster,
  type ReplicaInfo,
} from '@parley/local-cluster'
import { Redis } from 'ioredis'
import { integerBetween, pick } from '../seeded-random.ts'
import { killForGood, revive } from './broken-process.ts'
import { clusterOf } from './choose.ts'
import type { Fault } from './fault.ts'

const FAILOVER_MS = 30_000
const PROGRAMS = '/usr/local/bin:/usr/bin:/bin'

async function ask<Answer>(
  { url }: ReplicaInfo,
  question: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  return question(redis).finally(() => redis.disconnect())
}

const livingRedis = (cluster: Cluster): ReplicaInfo[] =>
  cluster.info().redis.servers.filter(({ pid }) => pid !== null)

async function findMaster(cluster: Cluster): Promise<string | undefined> {
  for (const server of livingRedis(cluster)) {
    const role = await ask(server, (redis) => redis.info('replication')).catch(() => '')
    if (role.includes('role:master')) return server.name
  }
  return undefined
}

const redisFailover: Fault = {
  name: 'redis-failover',
  needs: 'sentinel',
  description: 'The master of Redis is killed with SIGKILL, and a replica takes its place.',
  async start(stage) {
    const cluster = clusterOf(stage)
    const master = await findMaster(cluster)
    if (master === undefined) throw new Error('No Redis is the master now.')
    await killForGood(cluster, master)
    const isReplaced = async (): Promise<boolean> => (await findMaster(cluster)) !== undefined
    const heal = async (): Promise<void> => {
      await waitUntil(isReplaced, { timeoutMs: FAILOVER_MS })
      await revive(cluster, master)
    }
    return { target: master, heal }
  },
}

interface ClusterMaster {
  readonly id: string
  readonly port: number
}

async function clusterMasters(cluster: Cluster): Promise<ClusterMaster[]> {
  const [first] = livingRedis(cluster)
  if (first === undefined) throw new Error('No node of the Redis Cluster lives.')
  const shards = await ask(first, (redis) => redis.cluster('SLOTS'))
  const masters = shards.flatMap(([, , master]) =>
    master === undefined ? [] : [[master[2], master[1]] as const],
  )
  return Array.from(new Map(masters), ([id, port]) => ({ id, port }))
}

const redisReshard: Fault = {
  name: 'redis-reshard',
  needs: 'cluster',
  description: 'Slots of a Redis Cluster move from one master to another.',
  async start(stage, random) {
    const { 'redis-server': command } = await ensurePrograms(['redis-server'])
    const masters = await clusterMasters(clusterOf(stage))
    const from = pick(random, masters)
    const to = pick(
      random,
      masters.filter(({ id }) => id !== from.id),
    )
    const slots = integerBetween(random, 100, 1_000)
    const moved = redisCli(command, [
      '--cluster',
      'reshard',
      `127.0.0.1:${from.port}`,
      '--cluster-yes',
      '--cluster-from',
      from.id,
      '--cluster-to',
      to.id,
      '--cluster-slots',
      String(slots),
    ])
    // Whoever heals is told.
    moved.catch(() => undefined)
    const heal = async (): Promise<void> => void (await moved)
    return { target: 'redis', detail: `${slots} slots`, heal }
  },
}

const mysqlFailover: Fault = {
  name: 'mysql-failover',
  needs: 'pair',
  description:
    'The primary of MySQL is killed with SIGKILL, and its replica is promoted, once a run.',
  async start(stage) {
    const cluster = clusterOf(stage)
    const replica = cluster.info().database.servers.find(({ name }) => name === 'database2')
    if (replica === undefined) throw new Error('The database has no replica.')
    if (promoted.has(cluster)) throw new Error('The replica has been promoted already.')
    promoted.add(cluster)
    await ensurePrograms(['mariadb'])
    await killForGood(cluster, 'database')
    const { host, password } = new URL(replica.url)
    await promisify(execFile)(
      join(REPOSITORY, 'infra/mysql/promote-replica.sh'),
      ['--replica', host, '--user', 'parley_admin', '--nothing-lost'],
      { env: { PATH: PROGRAMS, MYSQL_PWD: password } },
    )
    cluster.pointDatabase('database2')
    // It comes back to nobody: what it has that the new primary lacks was never acknowledged.
    return { target: 'database', heal: () => revive(cluster, 'database') }
  },
}

const promoted = new WeakSet<Cluster>()

export const FAILOVER_FAULTS: readonly Fault[] = [redisFailover, redisReshard, mysqlFailover]
