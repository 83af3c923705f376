import type { Reading } from '../gauges/gauge.ts'
import { judge, type Verdict } from './bounds.ts'
import type { Point } from './trend.ts'

/** Readings of a run, and what they say of it. Two numbers a gauge and reading are kept. */
export interface GaugeLog {
  /** Before anybody had connected. */
  readonly before: (reading: Reading) => void
  readonly add: (atMs: number, reading: Reading) => void
  readonly verdicts: () => Verdict[]
  /** Everything that was measured, for whoever wants to draw it. */
  readonly series: () => readonly GaugeSeries[]
}

export interface GaugeSeries {
  readonly process: string
  readonly gauge: string
  readonly points: Point[]
}

/** Of the readings, those that are warming up: caches fill, pools open, code is compiled. */
const WARM_UP = 0.25

export function createGaugeLog(): GaugeLog {
  let first: Reading = new Map()
  const series = new Map<string, GaugeSeries>()
  return {
    before: (reading) => void (first = reading),
    add(atMs, reading) {
      for (const [process, gauges] of reading) {
        for (const [gauge, value] of Object.entries(gauges)) {
          const name = `${process} ${gauge}`
          const known = series.get(name) ?? { process, gauge, points: [] }
          series.set(name, known)
          known.points.push({ atMs, value })
        }
      }
    },
    verdicts: () =>
      [...series.values()].map(({ process, gauge, points }) => {
        const before = first.get(process)?.[gauge] ?? null
        const warm = points.slice(Math.floor(points.length * WARM_UP))
        return judge(process, gauge, { before, points: warm })
      }),
    series: () => [...series.values()],
  }
}
