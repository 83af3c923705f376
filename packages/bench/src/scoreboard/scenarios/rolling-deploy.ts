import { setTimeout as sleep } from 'node:timers/promises'
import { showCount, showMs } from '../../figures/show.ts'
import { spreadOf } from '../../figures/statistics.ts'
import {
  both,
  circumstancesOf,
  deliveryFigures,
  deliveryRows,
  latencyPlot,
  rowOf,
  sharePlot,
} from '../delivery-rows.ts'
import { longestGaps } from '../gaps.ts'
import { PUBLISHED } from '../published.ts'
import { runBroadcast, type BroadcastResult } from '../run-broadcast.ts'
import { countOf } from '../scaled.ts'
import type { Scenario } from '../scenario.ts'

const EVERY_MS = 500
const BEFORE_MS = 3_000
const AFTER_MS = 5_000
const FULL_READERS = 500

interface Result extends BroadcastResult {
  readonly longestGapsMs: readonly number[]
}

/** Everything is replaced under load, one process after the other, as an orchestrator does it. */
export const rollingDeploy: Scenario<Result> = {
  name: 'deploy',
  title: 'Rolling deploy',
  async measure(peer, context) {
    const readers = countOf(FULL_READERS, context.scale)
    const result = await runBroadcast(
      peer,
      {
        readers,
        everyMs: EVERY_MS,
        durationMs: BEFORE_MS,
        tailMs: AFTER_MS,
        async meanwhile({ mark }) {
          await sleep(BEFORE_MS)
          mark('begins')
          for (const name of peer.deployed) {
            await peer.stopProcess(name)
            await peer.start(name)
          }
          mark('ends')
        },
      },
      context,
    )
    return { ...result, longestGapsMs: longestGaps(result, readers) }
  },
  report(results, { scale }) {
    const gap = both(results, ({ longestGapsMs }) => spreadOf(longestGapsMs))
    const latency = both(results, ({ account }) => spreadOf(account.latenciesMs))
    return {
      load: `${countOf(FULL_READERS, scale)} readers in one room, 2 broadcasts a second. Of Parley every API, worker and gateway is stopped with SIGTERM and started again, one after the other; of Socket.IO every node.`,
      rows: [
        ...deliveryRows(results, PUBLISHED.deployDelivered),
        rowOf(
          both(results, ({ longestGapsMs }) => longestGapsMs.filter((ms) => ms > 0).length),
          { metric: 'readers that noticed', show: showCount },
        ),
        rowOf(
          both(gap, ({ p50 }) => p50),
          { metric: 'longest gap of a reader, p50', show: showMs },
        ),
        rowOf(
          both(gap, ({ p99 }) => p99),
          {
            metric: 'longest gap of a reader, p99',
            show: showMs,
            published: PUBLISHED.deployGap,
            goal: 'below 1 s',
            isMet: (ms) => ms < 1_000,
          },
        ),
        rowOf(
          both(latency, ({ p99 }) => p99),
          { metric: 'send to receive, p99', show: showMs },
        ),
      ],
      plots: [
        {
          file: 'scoreboard-deploy.svg',
          alt: 'Rolling deploy: the share of the readers that have what was sent at a time',
          svg: sharePlot('Rolling deploy: who has what was sent', results),
        },
        {
          file: 'scoreboard-deploy-latency.svg',
          alt: 'Rolling deploy: which share of what was owed came within which time',
          svg: latencyPlot('Rolling deploy: how long a message took', results),
        },
      ],
      figures: both(results, (result) => ({
        ...deliveryFigures(result),
        noticed: result.longestGapsMs.filter((ms) => ms > 0).length,
        gapP50Ms: spreadOf(result.longestGapsMs).p50,
        gapP99Ms: spreadOf(result.longestGapsMs).p99,
        deployMs: (result.marks['ends'] ?? Number.NaN) - (result.marks['begins'] ?? Number.NaN),
      })),
      circumstances: both(results, circumstancesOf),
      whyVoid: [...results.parley.whyVoid, ...results['socket-io'].whyVoid],
    }
  },
}
