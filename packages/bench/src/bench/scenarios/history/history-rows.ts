import { ascending, quantile, spreadOf } from '../../../figures/statistics.ts'
import type { Cost } from './server-cost.ts'

/** Requests of one kind to one side, in one round. */
export interface Batch {
  readonly tookMs: readonly number[]
  readonly wallMs: number
  readonly cost: Cost
}

export interface SideFigures {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly requestsPerSecond: number
  /** Of all servers. */
  readonly cpuUsPerRequest: number
  readonly apiCpuUs: number
  readonly databaseCpuUs: number
  readonly rowsReadPerRequest: number
  readonly pagesFromDiskPerRequest: number
}

export interface HistoryRow {
  readonly name: string
  readonly concurrency: number
  /** Why no ratio near 1 is asked of it, where none is. */
  readonly grows: string | null
  readonly small: SideFigures
  readonly large: SideFigures
  /** Processor time of all servers, large to small: the median of the rounds. */
  readonly ratio: number
  /** The least and the greatest of the rounds: how far it can be trusted. */
  readonly ratioRange: readonly [number, number]
  readonly databaseCpuRatio: number
  readonly p50Ratio: number
  readonly rowsReadRatio: number
}

/** A round: the same requests to both, one right after the other. */
export interface Pair {
  readonly small: Batch
  readonly large: Batch
}

const median = (values: readonly number[]): number => quantile(ascending(values), 0.5)
const cpuOf = ({ cost }: Batch): number => cost.apiCpuUs + cost.databaseCpuUs + cost.otherCpuUs
const perRequest = (of: (batch: Batch) => number) => (batch: Batch) =>
  of(batch) / batch.tookMs.length

function figuresOf(batches: readonly Batch[]): SideFigures {
  const { p50, p99 } = spreadOf(batches.flatMap(({ tookMs }) => tookMs))
  const middle = (of: (batch: Batch) => number): number => median(batches.map(perRequest(of)))
  return {
    p50Ms: p50,
    p99Ms: p99,
    requestsPerSecond: median(
      batches.map(({ tookMs, wallMs }) => (tookMs.length / wallMs) * 1_000),
    ),
    cpuUsPerRequest: middle(cpuOf),
    apiCpuUs: middle(({ cost }) => cost.apiCpuUs),
    databaseCpuUs: middle(({ cost }) => cost.databaseCpuUs),
    rowsReadPerRequest: middle(({ cost }) => cost.rowsRead),
    pagesFromDiskPerRequest: middle(({ cost }) => cost.pagesFromDisk),
  }
}

/** Figures of each side by themselves, ratios within rounds: what slows the machine slows both. */
export function toRow(
  { name, concurrency, grows }: Pick<HistoryRow, 'name' | 'concurrency' | 'grows'>,
  pairs: readonly Pair[],
): HistoryRow {
  const ratios = (of: (batch: Batch) => number): number[] =>
    pairs.map(({ small, large }) => perRequest(of)(large) / perRequest(of)(small))
  const ofCpu = ratios(cpuOf)
  const small = figuresOf(pairs.map((pair) => pair.small))
  const large = figuresOf(pairs.map((pair) => pair.large))
  return {
    name,
    concurrency,
    grows,
    small,
    large,
    ratio: median(ofCpu),
    ratioRange: [Math.min(...ofCpu), Math.max(...ofCpu)],
    databaseCpuRatio: median(ratios(({ cost }) => cost.databaseCpuUs)),
    p50Ratio: median(
      pairs.map((pair) => spreadOf(pair.large.tookMs).p50 / spreadOf(pair.small.tookMs).p50),
    ),
    rowsReadRatio: large.rowsReadPerRequest / small.rowsReadPerRequest,
  }
}
