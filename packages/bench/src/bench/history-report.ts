import { showCount, showMs } from '../figures/show.ts'
import type { HistoryRow } from './scenarios/history/history-rows.ts'
import type { HistoryResult } from './scenarios/history/measure-history.ts'
import type { Report } from './report.ts'
import { isNoisy } from './why-void.ts'

const rowOf = ({ name, concurrency, small, large, ratio, grows }: HistoryRow): string[] => [
  name,
  String(concurrency),
  ...[small, large].flatMap(({ p50Ms, p99Ms, cpuUsPerRequest, rowsReadPerRequest }) => [
    showMs(p50Ms),
    showMs(p99Ms),
    showCount(cpuUsPerRequest),
    showCount(rowsReadPerRequest),
  ]),
  `${ratio.toFixed(2)}${grows === null ? '' : ' *'}`,
]

/** Each question of the short log and of the long one, beside each other. */
export function historyReport(result: HistoryResult): Report {
  const { rows, sizes, filled, noise } = result
  const { small, large } = sizes.log
  const ofSides = ['short log', 'long log'].flatMap((side) =>
    ['p50', 'p99', 'CPU µs', 'rows'].map((figure, at) => (at === 0 ? `${side}: p50` : figure)),
  )
  const alone = rows.filter(({ name }, at) => rows.findIndex((one) => one.name === name) === at)
  const starred = rows.flatMap(({ name, grows }) => (grows === null ? [] : [`* ${name}: ${grows}`]))
  return {
    scenario: 'history',
    title: 'History',
    load: `${showCount(small)} messages, then ${showCount(large)}; the ratio is of processor time. ${showCount(filled.messages)} messages were filled in within ${Math.round(filled.seconds)} s.`,
    tables: [
      {
        title: '',
        head: ['question', 'at once', ...ofSides, 'ratio'],
        rows: rows.map(rowOf),
        notes: [...new Set(starred)],
      },
    ],
    plots: [
      {
        file: 'performance-history.svg',
        alt: 'History: processor time of a request to a long log, to that of the same request to a short one',
        chart: {
          title: `History: ${showCount(large)} messages to ${showCount(small)}, ${alone[0]?.concurrency} at once`,
          xLabel: 'processor time of all servers a request, long log to short',
          bars: alone.map(({ name, ratio, grows }) => ({
            name,
            value: ratio,
            label: `${ratio.toFixed(2)}${grows === null ? '' : ' *'}`,
            series: grows === null ? 0 : 1,
          })),
        },
      },
    ],
    // The log is Parley's: there is nobody beside it.
    subjects: [{ name: 'parley', ...result }],
    noise: { rounds: 1, noisyRounds: isNoisy({ noise }) ? 1 : 0 },
    whyVoid: [],
  }
}
