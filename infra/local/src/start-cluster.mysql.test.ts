import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clusterFilePath, type ClusterInfo } from './cluster-file.ts'
import type { Cluster } from './cluster.ts'
import { canListen } from './free-port.ts'
import { identify } from './process-identity.ts'
import { startCluster } from './start-cluster.ts'
import { waitUntil } from './wait-until.ts'

// Stands in for all apps: ready at once, names itself, and dies when its environment says so.
const APP = `
import { createServer } from 'node:http'
const { API_PORT, GATEWAY_PORT, WORKER_PORT, API_NAME, GATEWAY_NAME, DIE } = process.env
if (DIE !== undefined) {
  console.error(DIE)
  process.exit(3)
}
createServer((req, res) => res.end(API_NAME ?? GATEWAY_NAME)).listen(API_PORT ?? GATEWAY_PORT ?? WORKER_PORT, '127.0.0.1')
`

let folder = ''
let app = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-launcher-'))
  app = join(folder, 'app.mjs')
  writeFileSync(app, APP)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const withApps = (dir: string) => ({
  dir: join(folder, dir),
  entryPoints: { api: app, gateway: app, worker: app },
})

function written({ dir }: Cluster): ClusterInfo {
  return JSON.parse(readFileSync(clusterFilePath(dir), 'utf8')) as ClusterInfo
}

function pidsOf(info: ClusterInfo): (number | null)[] {
  const { apis, gateways, workers, balancer, redis, database } = info
  const replicas = [...apis, ...gateways, ...workers].map(({ pid }) => pid)
  return [...replicas, balancer.pid, redis.pid, database.pid]
}

async function ask(cluster: Cluster, path: string): Promise<string> {
  return (await fetch(new URL(path, cluster.url))).text()
}

describe('a cluster whose processes are started again', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ ...withApps('restarting'), apis: 1, gateways: 2 })
  })
  afterAll(() => cluster.stop())

  test('is written down as it runs', async () => {
    expect(written(cluster)).toEqual(cluster.info())
    expect(pidsOf(cluster.info()).map((pid) => identify(pid ?? 0)?.pid)).toEqual(
      pidsOf(cluster.info()),
    )
    expect(await ask(cluster, '/')).toBe('a1')
    expect(await ask(cluster, '/socket.io/?sid=g2.x')).toBe('g2')
  })

  test.each(['redis', 'database', 'balancer', 'a1', 'g2', 'w1'])(
    '%s comes back on its port after kill -9',
    async (name) => {
      const before = cluster.info()
      await cluster.kill(name)
      await cluster.waitReady(name)
      const after = cluster.info()
      expect(pidsOf(after).filter((pid, index) => pid !== pidsOf(before)[index])).toHaveLength(1)
      expect(pidsOf(after)).not.toContain(null)
      expect(after.redis.url).toBe(before.redis.url)
      expect(after.gateways.map(({ url }) => url)).toEqual(before.gateways.map(({ url }) => url))
      expect(written(cluster)).toEqual(after)
    },
  )

  test('one that was stopped stays down until it is started, and the balancer knows', async () => {
    await cluster.stopProcess('g1')
    await cluster.waitBalanced()
    expect(written(cluster).gateways[0]?.pid).toBeNull()
    expect(await ask(cluster, '/socket.io/?transport=websocket')).toBe('g2')
    await cluster.start('g1')
    await cluster.waitBalanced()
    expect(written(cluster).gateways[0]?.pid).toBe(cluster.info().gateways[0]?.pid)
  })

  test('a second launcher on the same folder is refused', async () => {
    await expect(startCluster(withApps('restarting'))).rejects.toThrow(
      `already running from this folder (process ${process.pid})`,
    )
    expect(await ask(cluster, '/')).toBe('a1')
  })
})

test('without restarts the dead stay dead; a stop leaves nothing, and the data is found again', async () => {
  const options = { ...withApps('dying'), apis: 1, gateways: 1, restart: false }
  const first = await startCluster(options)
  await first.kill('g1')
  expect(first.info().gateways[0]?.pid).toBeNull()
  await expect(first.waitReady('g1')).rejects.toThrow('g1 ended by SIGKILL')
  const pids = pidsOf(first.info()).filter((pid) => pid !== null)
  await first.stop()
  expect(pids.map((pid) => identify(pid))).toEqual(pids.map(() => null))
  expect(readdirSync(first.dir)).not.toContain('cluster.json')
  expect(readdirSync(first.dir)).not.toContain('pids.json')

  const steps: string[] = []
  const second = await startCluster({
    ...options,
    seed: true,
    onProgress: (step) => steps.push(step),
  })
  await second.stop()
  // Its data was there, so nobody fills in more.
  expect(steps.join()).not.toContain('demo')
})

test('a process that ends while it starts is quoted, and nothing is left', async () => {
  const options = { ...withApps('broken'), env: { gateway: { DIE: 'The moon is missing.' } } }
  const start = startCluster(options)
  await expect(start).rejects.toThrow(
    /^g\d ended with code 3 before it was ready; .*\n {2}The moon/u,
  )
  expect(readdirSync(options.dir)).not.toContain('pids.json')
})

test('a start that is interrupted leaves nothing', async () => {
  const interrupt = new AbortController()
  const started: string[] = []
  const onProgress = (step: string): void => {
    started.push(step)
    if (step.includes('gateway')) interrupt.abort()
  }
  const options = { ...withApps('interrupted'), signal: interrupt.signal, onProgress }
  await expect(startCluster(options)).rejects.toThrow()
  const isGone = () => !readdirSync(options.dir).includes('pids.json')
  expect(await waitUntil(isGone, { timeoutMs: 5_000 })).toBe(true)
  expect(started.at(-1)).toContain('gateway')
})

test('a named port that is taken is refused before anything starts', async () => {
  const cluster = await startCluster({ ...withApps('owner'), apis: 1, gateways: 1 })
  const port = Number(new URL(cluster.url).port)
  expect(await canListen(port)).toBe(false)
  const steps: string[] = []
  const second = startCluster({
    ...withApps('late'),
    port,
    onProgress: (step) => steps.push(step),
  })
  await expect(second).rejects.toThrow(`Port ${port} is in use`)
  expect(steps).toEqual([])
  await cluster.stop()
})

test.each([
  [{ redisUrl: 'http://127.0.0.1:1' }, /^REDIS_URL must have the form/u],
  [{ redisUrl: 'redis://127.0.0.1:1' }, /^REDIS_URL names a server that does not answer/u],
  [{ databaseUrl: 'postgres://127.0.0.1/a' }, /^DATABASE_URL must have the form/u],
  [{ databaseUrl: 'mysql://a:b@127.0.0.1:1/a' }, /^DATABASE_URL names a database that cannot/u],
])('%j is refused by the name of its variable', async (urls, sentence) => {
  await expect(startCluster({ ...withApps('never'), ...urls })).rejects.toThrow(sentence)
  expect(readdirSync(folder)).not.toContain('never')
})
