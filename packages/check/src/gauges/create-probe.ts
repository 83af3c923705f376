import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '@parley/local-cluster'
import { Redis } from 'ioredis'
import { createConnection } from 'mariadb'
import { databaseConfig } from '../run/dump-database.ts'
import type { Gauges, Reading } from './gauge.ts'
import { readMetrics } from './read-metrics.ts'
import { readProcess } from './read-process.ts'
import { readDatabase, readRedis } from './read-stores.ts'

/** Measures the processes of a cluster of our own. */
export interface Probe {
  readonly read: () => Promise<Reading>
  /** The same when the apps have let go what nobody holds any more: what they keep can be compared. */
  readonly readIdle: () => Promise<Reading>
}

const HOOK = 'collect-on-signal.js'

/** Built, wherever this is run from. */
const COLLECTING = {
  NODE_OPTIONS: `--import=${new URL(`../../dist/gauges/${HOOK}`, import.meta.url).href}`,
}

interface AppsEnv {
  readonly api: NodeJS.ProcessEnv
  readonly gateway: NodeJS.ProcessEnv
}

/** What the apps are started with, so that `readIdle` is heard. */
export const withCollecting = ({
  api,
  gateway,
}: AppsEnv): AppsEnv & { worker: NodeJS.ProcessEnv } => ({
  api: { ...api, ...COLLECTING },
  gateway: { ...gateway, ...COLLECTING },
  worker: COLLECTING,
})

const COLLECTED_MS = 1_000

export const canProbe = (): boolean => process.platform === 'linux'

export function createProbe(cluster: Cluster): Probe {
  const apps = () => {
    const { gateways, apis, workers } = cluster.info()
    return [...gateways, ...apis, ...workers]
  }
  const read = async (): Promise<Reading> => {
    const { balancer, redis, database } = cluster.info()
    const ofApps = apps().map(async ({ name, url, pid }): Promise<[string, Gauges]> => [
      name,
      { ...readProcess(pid), ...(await readMetrics(url)) },
    ])
    const [all, ofRedis, ofDatabase] = await Promise.all([
      Promise.all(ofApps),
      askRedis(redis.servers[0]?.url ?? redis.url),
      askDatabase(database.url),
    ])
    return new Map<string, Gauges>([
      ...all,
      ['balancer', readProcess(balancer.pid)],
      ['redis', { ...readProcess(redis.pid), ...ofRedis }],
      ['database', { ...readProcess(database.pid), ...ofDatabase }],
    ])
  }
  return {
    read,
    async readIdle() {
      for (const { pid } of apps()) if (pid !== null) signal(pid)
      await sleep(COLLECTED_MS)
      return read()
    },
  }
}

/** Whom nothing has told what the signal means would end by it; and it may just have ended. */
function signal(pid: number): void {
  try {
    const isHeard = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(HOOK)
    if (isHeard) process.kill(pid, 'SIGUSR2')
  } catch {
    // Then it keeps nothing.
  }
}

/** A connection of its own each time: one that stays would have to be kept alive through every fault. */
async function askRedis(url: string): Promise<Gauges> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  redis.on('error', () => undefined)
  try {
    return await readRedis(redis)
  } catch {
    return {}
  } finally {
    redis.disconnect()
  }
}

async function askDatabase(url: string): Promise<Gauges> {
  try {
    const connection = await createConnection(databaseConfig(url))
    try {
      return await readDatabase(connection)
    } finally {
      await connection.end()
    }
  } catch {
    return {}
  }
}
