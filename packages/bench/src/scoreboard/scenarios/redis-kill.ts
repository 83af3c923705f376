import { setTimeout as sleep } from 'node:timers/promises'
import { showCount, showMs } from '../../figures/show.ts'
import { spreadOf } from '../../figures/statistics.ts'
import {
  named,
  both,
  circumstancesOf,
  deliveryFigures,
  deliveryRows,
  rowOf,
  sharePlot,
} from '../delivery-rows.ts'
import { lineChart, type Point } from '../../plot/line-chart.ts'
import { runBroadcast, type BroadcastResult } from '../run-broadcast.ts'
import { countOf, durationOf } from '../scaled.ts'
import type { Scenario } from '../scenario.ts'

const EVERY_MS = 250
const FULL = { readers: 300, awayMs: 30_000 }
const LEAST_AWAY_MS = 4_000
const BEFORE_MS = 5_000
const AFTER_MS = 10_000

/** Of what was sent while Redis was away. */
function during({ account, marks }: BroadcastResult) {
  const { kill = Number.NaN, start = Number.NaN } = marks
  return account.broadcasts.filter(({ sentMs }) => sentMs >= kill && sentMs < start)
}

/** Redis is killed, is away for half a minute, and comes back empty. */
export const redisKill: Scenario<BroadcastResult> = {
  name: 'redis',
  title: 'Redis killed',
  measure: (peer, context) =>
    runBroadcast(
      peer,
      {
        readers: countOf(FULL.readers, context.scale),
        everyMs: EVERY_MS,
        durationMs: BEFORE_MS,
        tailMs: AFTER_MS,
        async meanwhile({ mark }) {
          await sleep(BEFORE_MS)
          await peer.kill('redis')
          mark('kill')
          await sleep(durationOf(FULL.awayMs, context.scale, LEAST_AWAY_MS))
          mark('start')
          await peer.start('redis')
        },
      },
      context,
    ),
  report(results, { scale }) {
    const awayS = durationOf(FULL.awayMs, scale, LEAST_AWAY_MS) / 1_000
    const acks = both(results, (result) => during(result).flatMap(({ ackMs }) => ackMs ?? []))
    const slowest = both(results, (result) =>
      spreadOf(
        during(result)
          .map(({ p99Ms }) => p99Ms)
          .filter(Number.isFinite),
      ),
    )
    const band = bandOf(results.parley)
    return {
      load: `${countOf(FULL.readers, scale)} readers in one room, 4 broadcasts a second; Redis is killed with SIGKILL and started again, empty, after ${awayS} s.`,
      rows: [
        ...deliveryRows(results),
        rowOf(
          both(acks, ({ length }) => length),
          { metric: 'acknowledged while it was away', show: showCount },
        ),
        rowOf(
          both(acks, (ms) => spreadOf(ms).p99),
          { metric: 'until acknowledged, meanwhile, p99', show: showMs },
        ),
        rowOf(
          both(slowest, ({ p50 }) => p50),
          { metric: 'until 99 % of those who got it had it, meanwhile, p50', show: showMs },
        ),
        rowOf(
          both(slowest, ({ max }) => max),
          { metric: 'the same, at worst', show: showMs },
        ),
        rowOf(
          both(results, ({ crashes }) => crashes),
          {
            metric: 'processes that crashed',
            show: showCount,
            goal: '0',
            isMet: (count) => count === 0,
          },
        ),
      ],
      plots: [
        {
          file: 'scoreboard-redis.svg',
          alt: 'Redis killed: the share of the readers that have what was sent at a time',
          svg: sharePlot('Redis killed: who has what was sent', results, band),
        },
        {
          file: 'scoreboard-redis-latency.svg',
          alt: 'Redis killed: how long it took until nearly all had a message',
          svg: lineChart({
            title: 'Redis killed: until 99 % of those who got it had it',
            xLabel: 'seconds since it began',
            yLabel: 'from send to receive',
            isLogY: true,
            yFormat: showMs,
            series: named(both(results, pointsOf)),
            ...(band !== undefined && { band }),
          }),
        },
      ],
      figures: both(results, (result) => {
        const ack = spreadOf(during(result).flatMap(({ ackMs }) => ackMs ?? []))
        const reach = spreadOf(
          during(result)
            .map(({ p99Ms }) => p99Ms)
            .filter(Number.isFinite),
        )
        return {
          ...deliveryFigures(result),
          ackedDuring: ack.count,
          ackP99DuringMs: ack.p99,
          reachP50DuringMs: reach.p50,
          reachMaxDuringMs: reach.max,
        }
      }),
      circumstances: both(results, circumstancesOf),
      whyVoid: [...results.parley.whyVoid, ...results['socket-io'].whyVoid],
    }
  },
}

const pointsOf = ({ account, startedMs }: BroadcastResult): Point[] =>
  account.broadcasts.map(({ sentMs, p99Ms }) => [(sentMs - startedMs) / 1_000, p99Ms])

function bandOf({ marks, startedMs }: BroadcastResult) {
  const { kill, start } = marks
  if (kill === undefined || start === undefined) return undefined
  return { from: (kill - startedMs) / 1_000, to: (start - startedMs) / 1_000, label: 'no Redis' }
}
