import { ascending } from '../figures/statistics.ts'
import type { Point } from './line-chart.ts'

const STEPS = 400

/**
 * Which share, in percent, is at most so large: of all values, or of `owed`, of which some never came.
 */
export function distributionOf(values: Iterable<number>, owed = 0): Point[] {
  const sorted = ascending(values)
  if (sorted.length === 0) return []
  const all = Math.max(owed, sorted.length)
  const steps = Math.min(STEPS, sorted.length)
  return Array.from({ length: steps }, (_, at): Point => {
    const rank = Math.ceil(((at + 1) / steps) * sorted.length)
    return [sorted[rank - 1] ?? Number.NaN, (rank / all) * 100]
  })
}
