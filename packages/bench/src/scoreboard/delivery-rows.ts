import { deliveredPercent } from '../figures/account-deliveries.ts'
import { showCount, showMs, showPercent } from '../figures/show.ts'
import { spreadOf } from '../figures/statistics.ts'
import type { PeerName } from '../peers/peer.ts'
import { distributionOf } from '../plot/distribution.ts'
import { lineChart, type Point } from '../plot/line-chart.ts'
import { TITLES } from '../peers/peer.ts'
import type { BroadcastResult } from './run-broadcast.ts'
import { PUBLISHED } from './published.ts'
import type { Circumstances, Row } from './scenario.ts'

export type Both<Value> = Readonly<Record<PeerName, Value>>

export const both = <Value, Result>(
  { parley, 'socket-io': socketIo }: Both<Value>,
  work: (value: Value) => Result,
): Both<Result> => ({ parley: work(parley), 'socket-io': work(socketIo) })

export interface RowOptions {
  readonly metric: string
  readonly show: (value: number) => string
  readonly published?: string
  readonly goal?: string
  readonly isMet?: (value: number) => boolean
}

export function rowOf(values: Both<number>, options: RowOptions): Row {
  const { metric, show, published = PUBLISHED.none, goal = null, isMet } = options
  return {
    metric,
    parley: show(values.parley),
    socketIo: show(values['socket-io']),
    published,
    goal,
    isMet: isMet === undefined ? null : isMet(values.parley),
  }
}

/** What every scenario with broadcasts tells first. */
export function deliveryRows(results: Both<BroadcastResult>, published?: string): Row[] {
  const of = (pick: (result: BroadcastResult) => number): Both<number> => both(results, pick)
  return [
    rowOf(
      of(({ account }) => deliveredPercent(account)),
      {
        metric: 'delivered, of what was acknowledged',
        show: showPercent,
        goal: '100 %',
        isMet: (percent) => percent === 100,
        ...(published !== undefined && { published }),
      },
    ),
    rowOf(
      of(({ account }) => account.lost),
      { metric: 'lost', show: showCount },
    ),
    rowOf(
      of(({ account }) => account.doubled),
      { metric: 'doubled', show: showCount, goal: '0', isMet: (count) => count === 0 },
    ),
    rowOf(
      of(({ account }) => account.reordered),
      { metric: 'out of order', show: showCount, goal: '0', isMet: (count) => count === 0 },
    ),
    rowOf(
      of(({ account }) => account.sent - account.acked),
      { metric: 'sends without an answer', show: showCount },
    ),
  ]
}

/** For whoever computes with them. */
export function deliveryFigures({ account, gaps, crashes }: BroadcastResult) {
  const latency = spreadOf(account.latenciesMs)
  const ack = spreadOf(acksOf({ account }))
  return {
    sent: account.sent,
    acknowledged: account.acked,
    expected: account.expected,
    delivered: account.delivered,
    lost: account.lost,
    doubled: account.doubled,
    reordered: account.reordered,
    beyondPromise: account.beyondPromise,
    deliveredPercent: deliveredPercent(account),
    latencyP50Ms: latency.p50,
    latencyP95Ms: latency.p95,
    latencyP99Ms: latency.p99,
    latencyMaxMs: latency.max,
    ackP50Ms: ack.p50,
    ackP99Ms: ack.p99,
    disconnections: gaps.length,
    crashes,
  }
}

const acksOf = ({ account }: Pick<BroadcastResult, 'account'>): number[] =>
  account.broadcasts.flatMap(({ ackMs }) => ackMs ?? [])

export const circumstancesOf = ({ generators, noise }: BroadcastResult): Circumstances => ({
  generators,
  noise,
})

export function latencyPlot(title: string, results: Both<BroadcastResult>): string {
  return distributionPlot(
    title,
    'from send to receive',
    both(results, ({ account }) => distributionOf(account.latenciesMs, account.expected)),
    'percent of what was owed',
  )
}

/** Which share took at most how long. */
export function distributionPlot(
  title: string,
  xLabel: string,
  points: Both<readonly Point[]>,
  yLabel = 'percent of all',
): string {
  return lineChart({
    title,
    xLabel,
    yLabel,
    isLogX: true,
    xFormat: showMs,
    yFormat: (value) => `${value} %`,
    yDomain: [0, 100],
    series: named(points),
  })
}

/** Which share of the readers has what was sent at a time. */
export function sharePlot(
  title: string,
  results: Both<BroadcastResult>,
  band?: Parameters<typeof lineChart>[0]['band'],
): string {
  const points = both(results, ({ account, startedMs }) =>
    account.broadcasts.map(({ sentMs, share }): Point => [
      (sentMs - startedMs) / 1_000,
      share * 100,
    ]),
  )
  return lineChart({
    title,
    xLabel: 'seconds since it began',
    yLabel: 'readers that have it',
    yFormat: (value) => `${value} %`,
    yDomain: [0, 100],
    series: named(points),
    ...(band !== undefined && { band }),
  })
}

export const named = (points: Both<readonly Point[]>) =>
  (['parley', 'socket-io'] as const).map((name) => ({ name: TITLES[name], points: points[name] }))
