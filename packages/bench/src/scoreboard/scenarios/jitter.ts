import { showMs } from '../../figures/show.ts'
import { mean, spreadOf } from '../../figures/statistics.ts'
import { whyUnequal } from '../../figures/validity.ts'
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
import type { Scenario } from '../scenario.ts'
import { countOf, durationOf } from '../scaled.ts'

const EVERY_MS = 500
const OFFLINE_MS = 2_000
const LEAST_MS = 6_000
const FULL = { readers: 500, durationMs: 60_000, cutEveryMs: 15_000 }

function loadOf(scale: number) {
  const durationMs = durationOf(FULL.durationMs, scale, LEAST_MS)
  return {
    readers: countOf(FULL.readers, scale),
    durationMs,
    cutEveryMs: Math.min(FULL.cutEveryMs, durationMs / 2),
  }
}

/** Every socket is cut again and again; what was sent meanwhile counts with its wait. */
export const jitter: Scenario<BroadcastResult> = {
  name: 'jitter',
  title: 'Jitter',
  measure(peer, context) {
    const { readers, durationMs, cutEveryMs } = loadOf(context.scale)
    const cut = { seed: context.seed, everyMs: cutEveryMs, offlineMs: OFFLINE_MS }
    return runBroadcast(peer, { readers, durationMs, everyMs: EVERY_MS, cut }, context)
  },
  report(results, { scale }) {
    const { readers, durationMs, cutEveryMs } = loadOf(scale)
    const latency = both(results, ({ account }) => spreadOf(account.latenciesMs))
    return {
      load: `${readers} readers in one room, 2 broadcasts a second for ${durationMs / 1_000} s; the connection of every reader is reset each ${cutEveryMs / 1_000} s or so, and it stays away for 2 s. The cuts are the same for both.`,
      rows: [
        ...deliveryRows(results, PUBLISHED.jitterDelivered),
        rowOf(
          both(latency, ({ p50 }) => p50),
          { metric: 'send to receive, p50', show: showMs },
        ),
        rowOf(
          both(latency, ({ p99 }) => p99),
          {
            metric: 'send to receive, p99',
            show: showMs,
            published: PUBLISHED.jitterP99,
            goal: 'below 3 s',
            isMet: (ms) => ms < 3_000,
          },
        ),
        rowOf(
          both(results, ({ offlineMs }) => mean(offlineMs)),
          { metric: 'offline, mean (kept equal)', show: showMs },
        ),
      ],
      plots: [
        {
          file: 'scoreboard-jitter.svg',
          alt: 'Jitter: which share of what was owed came within which time',
          svg: latencyPlot('Jitter: how long a message took', results),
        },
      ],
      figures: both(results, (result) => ({
        ...deliveryFigures(result),
        cuts: result.offlineMs.length,
        offlineMeanMs: mean(result.offlineMs),
      })),
      circumstances: both(results, circumstancesOf),
      whyVoid: [
        ...results.parley.whyVoid,
        ...results['socket-io'].whyVoid,
        ...whyUnequal(results.parley.offlineMs, results['socket-io'].offlineMs),
        ...(results.parley.offlineMs.length === 0 ? ['nobody was cut'] : []),
      ],
    }
  },
}
