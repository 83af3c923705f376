import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { AppContext } from './app-process.ts'
import { removeClusterFile } from './cluster-file.ts'
import type { Cluster } from './cluster.ts'
import type { DatabaseKind } from './database-pair.ts'
import { checkDatabaseUrl, checkRedisUrl } from './external-servers.ts'
import { freePort, publicPort } from './free-port.ts'
import { ensurePrograms } from './install-programs.ts'
import { Launch } from './launch.ts'
import { claimFolder } from './pids-file.ts'
import type { RedisKind } from './redis-topology.ts'
import type { Route } from './route.ts'

export interface ClusterOptions {
  /** The one launcher of this folder keeps everything it writes in it. */
  readonly dir: string
  /** `default`: 8080 or the next free one. Absent: any free one. */
  readonly port?: number | 'default'
  readonly gateways?: number
  readonly apis?: number
  /** 1 if absent; with 0 nothing is done after a commit: no webhooks, no notifications. */
  readonly workers?: number
  /** Have the apps read their settings before anything is started (true): a process more of each. */
  readonly checkFirst?: boolean
  /** Start again what dies (true). */
  readonly restart?: boolean
  /** Forget what an earlier start left in the folder. */
  readonly fresh?: boolean
  /** Demo data for a private database that is new. */
  readonly seed?: boolean
  /** Servers in place of the private ones. */
  readonly redisUrl?: string
  readonly databaseUrl?: string
  /** What the private ones are: one server (`single`), or with others that take its place. */
  readonly redis?: RedisKind
  readonly database?: DatabaseKind
  /** More environment for the apps. */
  readonly env?: AppContext['env']
  /** Programs that stand in for the apps. */
  readonly entryPoints?: AppContext['entryPoints']
  /** Folders of other builds of this repository, by the names of the processes that run from them. */
  readonly builds?: Readonly<Record<string, string>>
  /** Is given every address that a process is told of another, and may put something before it. */
  readonly route?: Route
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal
  /** What it does now. */
  readonly onProgress?: (step: string) => void
  /** What happened after the start. */
  readonly onNotice?: (text: string) => void
}

/** Resolves when every process is ready and in the balancer's rotation, or leaves nothing behind. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  // What is wrong with the settings is said before anything is installed or started.
  if (options.redisUrl !== undefined) await checkRedisUrl(options.redisUrl)
  if (options.databaseUrl !== undefined) await checkDatabaseUrl(options.databaseUrl)
  const programs = await ensurePrograms(
    [
      'haproxy',
      ...(options.redisUrl === undefined ? (['redis-server'] as const) : []),
      ...(options.databaseUrl === undefined ? (['mariadbd'] as const) : []),
    ],
    options.onProgress,
  )
  const dir = resolve(options.dir)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const pids = await claimFolder(dir)
  try {
    if (options.fresh === true) empty(dir)
    removeClusterFile(dir)
    rmSync(join(dir, 'logs'), { recursive: true, force: true })
    mkdirSync(join(dir, 'logs'), { recursive: true })
    const port = await balancerPort(options.port)
    return await new Launch({ ...options, dir }, programs, pids, port).run()
  } catch (error) {
    pids.remove()
    throw error
  }
}

function empty(dir: string): void {
  for (const name of readdirSync(dir)) {
    if (name !== 'pids.json') rmSync(join(dir, name), { recursive: true, force: true })
  }
}

function balancerPort(port: ClusterOptions['port']): Promise<number> {
  if (port === undefined) return freePort()
  return publicPort(port === 'default' ? undefined : port)
}
