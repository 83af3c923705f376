import { ascending } from '../figures/statistics.ts'
import type { Point } from './line-chart.ts'

const STEPS = 400

/** Which share of all values, in percent, is at most so large. */
export function distributionOf(values: Iterable<number>): Point[] {
  const sorted = ascending(values)
  if (sorted.length === 0) return []
  const steps = Math.min(STEPS, sorted.length)
  return Array.from({ length: steps }, (_, at): Point => {
    const rank = Math.ceil(((at + 1) / steps) * sorted.length)
    return [sorted[rank - 1] ?? Number.NaN, (rank / sorted.length) * 100]
  })
}
