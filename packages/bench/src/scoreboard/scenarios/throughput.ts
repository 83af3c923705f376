import { showCount, showMs } from '../../figures/show.ts'
import { spreadOf } from '../../figures/statistics.ts'
import {
  both,
  circumstancesOf,
  deliveryFigures,
  deliveryRows,
  latencyPlot,
  rowOf,
} from '../delivery-rows.ts'
import { PUBLISHED } from '../published.ts'
import { runBroadcast, type BroadcastResult } from '../run-broadcast.ts'
import { countOf, durationOf } from '../scaled.ts'
import type { Scenario } from '../scenario.ts'

const EVERY_MS = 100
const FULL = { readers: 1_000, durationMs: 10_000 }
const LEAST_MS = 3_000
const MOST_LOOP_DELAY_MS = 150

/** Many readers, and nothing that goes wrong. */
export const throughput: Scenario<BroadcastResult> = {
  name: 'throughput',
  title: 'Throughput',
  measure: (peer, context) =>
    runBroadcast(
      peer,
      {
        readers: countOf(FULL.readers, context.scale),
        everyMs: EVERY_MS,
        durationMs: durationOf(FULL.durationMs, context.scale, LEAST_MS),
        isLean: true,
        mostLoopDelayMs: MOST_LOOP_DELAY_MS,
      },
      context,
    ),
  report(results, { scale }) {
    const latency = both(results, ({ account }) => spreadOf(account.latenciesMs))
    const durationMs = durationOf(FULL.durationMs, scale, LEAST_MS)
    return {
      load: `${durationMs / EVERY_MS} broadcasts, 10 a second, to ${countOf(FULL.readers, scale)} readers; of Parley each is committed in MariaDB before it is acknowledged.`,
      rows: [
        ...deliveryRows(results),
        rowOf(
          both(latency, ({ p50 }) => p50),
          {
            metric: 'send to receive, p50',
            show: showMs,
            published: PUBLISHED.throughputP50,
            goal: 'below 219 ms',
            isMet: (ms) => ms < 219,
          },
        ),
        rowOf(
          both(latency, ({ p99 }) => p99),
          { metric: 'send to receive, p99', show: showMs, published: PUBLISHED.throughputP99 },
        ),
        rowOf(
          both(results, ({ account }) => (account.delivered / durationMs) * 1_000),
          { metric: 'deliveries a second', show: showCount },
        ),
      ],
      plots: [
        {
          file: 'scoreboard-throughput.svg',
          alt: 'Throughput: which share of what was owed came within which time',
          svg: latencyPlot('Throughput: how long a message took', results),
        },
      ],
      figures: both(results, deliveryFigures),
      circumstances: both(results, circumstancesOf),
      whyVoid: [...results.parley.whyVoid, ...results['socket-io'].whyVoid],
    }
  },
}
