import type { Deliveries } from './delivery-record.ts'
import type { SentMessage } from './sent-message.ts'
import { ascending, quantile } from './statistics.ts'

/** One broadcast, and what became of it. */
export interface BroadcastAccount {
  readonly sentMs: number
  readonly ackMs: number | null
  /** Of all readers, how many have it. */
  readonly share: number
  /** When nearly all that have it had it. */
  readonly p99Ms: number
}

export interface DeliveryAccount {
  readonly sent: number
  readonly acked: number
  /** What acknowledged messages owe: each of them to each reader. */
  readonly expected: number
  readonly delivered: number
  readonly lost: number
  readonly doubled: number
  readonly reordered: number
  readonly foreign: number
  /** What nobody had promised, and came all the same. */
  readonly beyondPromise: number
  /** Raw, of acknowledged messages. */
  readonly latenciesMs: Float64Array
  readonly broadcasts: readonly BroadcastAccount[]
}

/** Joins what the sender knows with the raw samples of all processes of readers. */
export function accountDeliveries(options: {
  readonly sent: readonly SentMessage[]
  readonly shards: readonly Deliveries[]
  readonly readers: number
}): DeliveryAccount {
  const { sent, shards, readers } = options
  const byNumber = new Map(sent.map((message) => [message.number, message]))
  const latencies = new Map<number, number[]>()
  const all: number[] = []
  let beyondPromise = 0
  let unknown = 0
  for (const { numbers, latenciesMs } of shards) {
    numbers.forEach((number, at) => {
      const message = byNumber.get(number)
      const latencyMs = latenciesMs[at] ?? Number.NaN
      const ofIt = latencies.get(number) ?? []
      latencies.set(number, ofIt)
      ofIt.push(latencyMs)
      if (message === undefined) unknown += 1
      else if (message.ackedMs === null) beyondPromise += 1
      else all.push(latencyMs)
    })
  }
  const acked = sent.filter(({ ackedMs }) => ackedMs !== null).length
  const sum = (pick: (shard: Deliveries) => number): number =>
    shards.reduce((total, shard) => total + pick(shard), 0)
  return {
    sent: sent.length,
    acked,
    expected: acked * readers,
    delivered: all.length,
    lost: Math.max(0, acked * readers - all.length),
    doubled: sum(({ doubled }) => doubled),
    reordered: sum(({ reordered }) => reordered),
    foreign: unknown + sum(({ foreign }) => foreign),
    beyondPromise,
    latenciesMs: Float64Array.from(all),
    broadcasts: sent.map(({ number, sentMs, ackedMs }) => {
      const ofIt = latencies.get(number) ?? []
      return {
        sentMs,
        ackMs: ackedMs === null ? null : ackedMs - sentMs,
        share: readers === 0 ? 0 : ofIt.length / readers,
        p99Ms: quantile(ascending(ofIt), 0.99),
      }
    }),
  }
}

/** In percent, and rounded down: what is short of everything is never shown as everything. */
export function deliveredPercent({ delivered, expected }: DeliveryAccount): number {
  if (expected === 0) return Number.NaN
  return Math.floor((delivered / expected) * 10_000) / 100
}
