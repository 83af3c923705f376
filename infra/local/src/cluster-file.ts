import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RedisKind } from './redis-topology.ts'
import { writeFileAtomically } from './write-file-atomically.ts'

export interface ReplicaInfo {
  readonly name: string
  readonly url: string
  /** Null while it is dead. */
  readonly pid: number | null
}

export interface StoreInfo {
  /** As the apps are told it. */
  readonly url: string
  readonly pid: number | null
  /** Each server that keeps data; none where they were named from outside. */
  readonly servers: readonly ReplicaInfo[]
}

/** What runs and where; tests, the checker and the benchmarks read it from `.parley/cluster.json`. */
export interface ClusterInfo {
  readonly url: string
  readonly gateways: readonly ReplicaInfo[]
  readonly apis: readonly ReplicaInfo[]
  readonly workers: readonly ReplicaInfo[]
  readonly balancer: { readonly pid: number | null }
  /** The pid of a server that was named from outside is null. */
  readonly redis: StoreInfo & { readonly kind: RedisKind }
  readonly database: StoreInfo
}

export function clusterFilePath(dir: string): string {
  return join(dir, 'cluster.json')
}

export function writeClusterFile(dir: string, info: ClusterInfo): void {
  writeFileAtomically(clusterFilePath(dir), `${JSON.stringify(info, null, 2)}\n`)
}

export function removeClusterFile(dir: string): void {
  rmSync(clusterFilePath(dir), { force: true })
}
