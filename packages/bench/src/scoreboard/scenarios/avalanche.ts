import { setTimeout as sleep } from 'node:timers/promises'
import { showCount, showMs } from '../../figures/show.ts'
import { spreadOf } from '../../figures/statistics.ts'
import {
  both,
  circumstancesOf,
  deliveryFigures,
  deliveryRows,
  distributionPlot,
  rowOf,
} from '../delivery-rows.ts'
import { distributionOf } from '../../plot/distribution.ts'
import { recoveries } from '../gaps.ts'
import { PUBLISHED } from '../published.ts'
import { runBroadcast, type BroadcastResult } from '../run-broadcast.ts'
import { countOf, durationOf } from '../scaled.ts'
import type { Scenario } from '../scenario.ts'

const EVERY_MS = 500
const BEFORE_MS = 5_000
const FULL = { readers: 600, afterMs: 25_000 }
const LEAST_AFTER_MS = 8_000

/** One of three nodes is killed, and a third of all readers wants to be somewhere else at once. */
export const avalanche: Scenario<BroadcastResult> = {
  name: 'avalanche',
  title: 'Avalanche',
  measure: (peer, context) =>
    runBroadcast(
      peer,
      {
        readers: countOf(FULL.readers, context.scale),
        everyMs: EVERY_MS,
        durationMs: BEFORE_MS + durationOf(FULL.afterMs, context.scale, LEAST_AFTER_MS),
        async meanwhile({ mark }) {
          await sleep(BEFORE_MS)
          mark('kill')
          await peer.kill(peer.nodes[1] ?? '')
        },
      },
      context,
    ),
  report(results, { scale }) {
    const back = both(results, recoveries)
    const spread = both(back, ({ ms }) => spreadOf(ms))
    return {
      load: `${countOf(FULL.readers, scale)} readers in one room, 2 broadcasts a second; one of three nodes is killed with SIGKILL and stays dead.`,
      rows: [
        rowOf(
          both(results, ({ gaps }) => gaps.length),
          { metric: 'connections that were lost', show: showCount },
        ),
        rowOf(
          both(back, ({ missing }) => missing),
          {
            metric: 'readers that never came back',
            show: showCount,
            published: PUBLISHED.avalancheMissing,
            goal: '0',
            isMet: (count) => count === 0,
          },
        ),
        rowOf(
          both(spread, ({ p50 }) => p50),
          { metric: 'back and caught up, p50', show: showMs, published: PUBLISHED.avalancheP50 },
        ),
        rowOf(
          both(spread, ({ p95 }) => p95),
          {
            metric: 'back and caught up, p95',
            show: showMs,
            goal: 'below 3 s',
            isMet: (ms) => ms < 3_000,
          },
        ),
        ...deliveryRows(results),
      ],
      plots: [
        {
          file: 'scoreboard-avalanche.svg',
          alt: 'Avalanche: which share of the readers was back after how long',
          svg: distributionPlot(
            'Avalanche: who is back after how long',
            'from the loss of the connection',
            both(back, ({ ms, missing }) => distributionOf(ms, ms.length + missing)),
          ),
        },
      ],
      figures: both(results, (result) => {
        const { ms, missing } = recoveries(result)
        const { p50, p95, p99 } = spreadOf(ms)
        return {
          ...deliveryFigures(result),
          missing,
          backP50Ms: p50,
          backP95Ms: p95,
          backP99Ms: p99,
        }
      }),
      circumstances: both(results, circumstancesOf),
      whyVoid: [
        ...results.parley.whyVoid,
        ...results['socket-io'].whyVoid,
        ...Object.entries(results).flatMap(([name, { gaps }]) =>
          gaps.length === 0 ? [`${name}: nobody lost a connection`] : [],
        ),
      ],
    }
  },
}
