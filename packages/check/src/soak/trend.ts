export interface Point {
  readonly atMs: number
  readonly value: number
}

/** How a gauge moves, an hour. */
export interface Trend {
  readonly points: number
  readonly first: number
  readonly last: number
  readonly spanMs: number
  /** The median of the slopes between all pairs of points: a few outliers do not move it. */
  readonly slope: number
  /** With a probability of 97.5 % it is not less than this. */
  readonly atLeast: number
}

const HOUR_MS = 3_600_000
/** Of fewer nothing can be said. */
const FEWEST = 4
/** Pairs grow with the square: more points than this are put together first. */
const MOST = 240
/** Standard deviations on one side of 97.5 %. */
const SURE = 1.96

/** Theil-Sen; how sure it is by the rank correlation of Kendall, as Sen has it. */
export function trendOf(points: readonly Point[]): Trend | null {
  const some = points.length > MOST ? thinned(points) : points
  const [first, last] = [some[0], some.at(-1)]
  if (some.length < FEWEST || first === undefined || last === undefined) return null
  const slopes: number[] = []
  for (const [at, one] of some.entries()) {
    for (const other of some.slice(at + 1)) {
      const hours = (other.atMs - one.atMs) / HOUR_MS
      if (hours > 0) slopes.push((other.value - one.value) / hours)
    }
  }
  if (slopes.length === 0) return null
  slopes.sort((a, b) => a - b)
  const n = some.length
  const wide = SURE * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const low = Math.max(0, Math.floor((slopes.length - wide) / 2))
  return {
    points: n,
    first: first.value,
    last: last.value,
    spanMs: last.atMs - first.atMs,
    slope: medianOf(slopes),
    atLeast: slopes[low] ?? Number.NEGATIVE_INFINITY,
  }
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >>> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Neighbours become one: the median of their values, in the middle of their times. */
function thinned(points: readonly Point[]): Point[] {
  const size = Math.ceil(points.length / MOST)
  const groups = Array.from({ length: Math.ceil(points.length / size) }, (_, at) =>
    points.slice(at * size, (at + 1) * size),
  )
  return groups.map((group) => ({
    atMs: medianOf(group.map(({ atMs }) => atMs)),
    value: medianOf(group.map(({ value }) => value).toSorted((a, b) => a - b)),
  }))
}
