import { readdirSync, readFileSync } from 'node:fs'
import type { ClusterInfo } from '@parley/local-cluster'
import { readVariables, type Connection } from './database.ts'

/** Processor time of a process' threads that live, in microseconds: exact, where `stat` counts ticks. */
function cpuUsOf(pid: number): number {
  let ns = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // It has ended.
    }
  }
  return ns / 1_000
}

export interface Cost {
  /** Of the APIs. */
  readonly apiCpuUs: number
  readonly databaseCpuUs: number
  /** Of all other processes of the cluster. */
  readonly otherCpuUs: number
  /** Rows, or entries of an index, that the database looked at. */
  readonly rowsRead: number
  /** Pages that were not in its memory. */
  readonly pagesFromDisk: number
}

const HANDLERS = [
  'Handler_read_first',
  'Handler_read_key',
  'Handler_read_last',
  'Handler_read_next',
  'Handler_read_prev',
  'Handler_read_rnd',
  'Handler_read_rnd_next',
]
const FROM_DISK = 'Innodb_buffer_pool_reads'

const sumOf = (pids: readonly (number | null)[]): number =>
  pids.reduce((sum: number, pid) => sum + (pid === null ? 0 : cpuUsOf(pid)), 0)

/** What the servers have spent since they began. */
export async function readCost(info: ClusterInfo, connection: Connection): Promise<Cost> {
  const status = await readVariables(connection, 'STATUS', [...HANDLERS, FROM_DISK])
  const of = (name: string): number => Number(status.get(name) ?? 0)
  const { apis, gateways, workers, balancer, redis, database } = info
  return {
    apiCpuUs: sumOf(apis.map(({ pid }) => pid)),
    databaseCpuUs: sumOf([database.pid]),
    otherCpuUs: sumOf([
      ...[...gateways, ...workers].map(({ pid }) => pid),
      balancer.pid,
      redis.pid,
    ]),
    rowsRead: HANDLERS.reduce((sum, name) => sum + of(name), 0),
    pagesFromDisk: of(FROM_DISK),
  }
}

export const costBetween = (before: Cost, after: Cost): Cost => ({
  apiCpuUs: after.apiCpuUs - before.apiCpuUs,
  databaseCpuUs: after.databaseCpuUs - before.databaseCpuUs,
  otherCpuUs: after.otherCpuUs - before.otherCpuUs,
  rowsRead: after.rowsRead - before.rowsRead,
  pagesFromDisk: after.pagesFromDisk - before.pagesFromDisk,
})
