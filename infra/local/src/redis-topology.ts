import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import type { ChildSpec } from './child-process.ts'
import { freePort } from './free-port.ts'
import { LaunchError } from './launch-error.ts'
import { answersPing, redisSpec } from './private-redis.ts'
import { writeRedisConfig } from './redis-profile.ts'
import { waitUntil } from './wait-until.ts'

export const REDIS_KINDS = ['single', 'sentinel', 'cluster'] as const
export type RedisKind = (typeof REDIS_KINDS)[number]

/** Redis servers of our own, of one kind. */
export interface RedisTopology {
  /** `REDIS_URL` */
  readonly url: string
  readonly specs: readonly ChildSpec[]
  /** Those that keep data, by name. */
  readonly servers: readonly { readonly name: string; readonly port: number }[]
  /** Once all run: makes them one. */
  readonly join: () => Promise<void>
}

export interface RedisTopologyOptions {
  readonly kind: RedisKind
  readonly command: string
  readonly dir: string
  readonly logFile: (name: string) => string
}

const MASTER = 'parley'
const JOINED_MS = 30_000
const CLUSTER_NODES = 6

/** The first is called `redis`, as the only one is. */
const serverName = (number: number): string => (number === 1 ? 'redis' : `redis${number}`)
const address = (port: number): string => `127.0.0.1:${port}`

export async function prepareRedis(options: RedisTopologyOptions): Promise<RedisTopology> {
  if (options.kind === 'sentinel') return prepareSentinel(options)
  if (options.kind === 'cluster') return prepareCluster(options)
  const { command, dir, logFile } = options
  const port = await freePort()
  return {
    url: `redis://${address(port)}`,
    specs: [redisSpec({ command, port, dir, logFile: logFile('redis') })],
    servers: [{ name: 'redis', port }],
    join: async () => undefined,
  }
}

async function prepareSentinel(options: RedisTopologyOptions): Promise<RedisTopology> {
  const master = await freePort()
  const replica = await freePort()
  const sentinels = [await freePort(), await freePort(), await freePort()]
  const servers = [
    { name: serverName(1), port: master },
    { name: serverName(2), port: replica },
  ]
  const redisSpecs = servers.map(({ name, port }) =>
    configured(options, { profile: 'redis-sentinel/redis.conf', name, port }, [], {
      ...(port === replica && { replicaof: `127.0.0.1 ${master}` }),
    }),
  )
  const sentinelSpecs = sentinels.map((port, at) => {
    const node = { profile: 'redis-sentinel/sentinel.conf', name: `sentinel${at + 1}`, port }
    return configured(options, node, ['--sentinel'], {
      'sentinel monitor': `${MASTER} 127.0.0.1 ${master} 2`,
    })
  })
  return {
    url: `redis+sentinel://${sentinels.map(address).join()}/${MASTER}`,
    specs: [...redisSpecs, ...sentinelSpecs],
    servers,
    join: () => until('The sentinels do not find each other', () => areWatching(sentinels)),
  }
}

async function prepareCluster(options: RedisTopologyOptions): Promise<RedisTopology> {
  const servers: { name: string; port: number }[] = []
  const specs: ChildSpec[] = []
  for (let number = 1; number <= CLUSTER_NODES; number += 1) {
    const server = { name: serverName(number), port: await freePort() }
    const node = { profile: 'redis-cluster/redis.conf', ...server }
    servers.push(server)
    specs.push(configured(options, node, [], { 'cluster-port': String(await freePort()) }))
  }
  const ports = servers.map(({ port }) => port)
  return {
    url: `redis+cluster://${ports.map(address).join()}`,
    specs,
    servers,
    async join() {
      await redisCli(options.command, [
        '--cluster',
        'create',
        ...ports.map(address),
        '--cluster-replicas',
        '1',
        '--cluster-yes',
      ])
      await until('The nodes do not become a Redis Cluster', () => areOneCluster(ports))
    },
  }
}

/** The program that comes with the server, from the same folder. */
export async function redisCli(server: string, args: readonly string[]): Promise<string> {
  const command = server.replace(/server$/u, 'cli')
  try {
    return (await promisify(execFile)(command, [...args], { timeout: JOINED_MS * 2 })).stdout
  } catch (cause) {
    const { stdout, message } = cause as Error & { stdout?: string }
    throw new LaunchError(`redis-cli failed: ${(stdout ?? message).slice(-500)}`, { cause })
  }
}

interface Node {
  readonly profile: string
  readonly name: string
  readonly port: number
}

function configured(
  { command, dir, logFile }: RedisTopologyOptions,
  { profile, name, port }: Node,
  flags: readonly string[],
  directives: Readonly<Record<string, string>>,
): ChildSpec {
  const all = { port: String(port), ...directives }
  const config = writeRedisConfig(profile, join(dir, 'redis', name), all)
  return {
    name,
    command,
    args: [config, ...flags],
    logFile: logFile(name),
    stopTimeoutMs: 5_000,
    isReady: () => answersPing(port),
  }
}

async function areWatching(sentinels: readonly number[]): Promise<boolean> {
  const seen = await Promise.all(
    sentinels.map((port) =>
      asked(port, async (sentinel) => {
        const said = (await sentinel.call('SENTINEL', 'MASTER', MASTER)) as string[]
        const field = (name: string): string => said[said.indexOf(name) + 1] ?? ''
        return field('num-slaves') === '1' && field('num-other-sentinels') === '2'
      }),
    ),
  )
  return seen.every(Boolean)
}

async function areOneCluster(ports: readonly number[]): Promise<boolean> {
  const seen = await Promise.all(
    ports.map((port) =>
      asked(port, async (node) => {
        const [info, replication] = [await node.cluster('INFO'), await node.info('replication')]
        const isLinked = /role:master|master_link_status:up/u.test(replication)
        const isWhole = info.includes('cluster_state:ok') && info.includes('slots_ok:16384')
        return isLinked && isWhole && info.includes(`cluster_known_nodes:${ports.length}`)
      }),
    ),
  )
  return seen.every(Boolean)
}

async function asked(port: number, ask: (redis: Redis) => Promise<boolean>): Promise<boolean> {
  const redis = new Redis({ port, lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    return await ask(redis)
  } catch {
    return false
  } finally {
    redis.disconnect()
  }
}

async function until(problem: string, isDone: () => Promise<boolean>): Promise<void> {
  if (await waitUntil(isDone, { timeoutMs: JOINED_MS })) return
  throw new LaunchError(`${problem} within ${JOINED_MS / 1_000} s.`)
}
