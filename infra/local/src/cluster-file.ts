import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomically } from './write-file-atomically.ts'

export interface ReplicaInfo {
  readonly name: string
  readonly url: string
  /** Null while it is dead. */
  readonly pid: number | null
}

/** What runs and where; tests, the checker and the benchmarks read it from `.parley/cluster.json`. */
export interface ClusterInfo {
  readonly url: string
  readonly gateways: readonly ReplicaInfo[]
  readonly apis: readonly ReplicaInfo[]
  readonly workers: readonly ReplicaInfo[]
  readonly balancer: { readonly pid: number | null }
  /** The pid of a server that was named from outside is null. */
  readonly redis: { readonly url: string; readonly pid: number | null }
  readonly database: { readonly url: string; readonly pid: number | null }
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
