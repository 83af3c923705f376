import { groupBy } from './group-by.ts'
import type { IndexedHistory, Observation } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** A trend is one of so many samples over so long: less is warming up. */
const FEWEST_SAMPLES = 20
const SHORTEST_MS = 10 * 60_000

interface Sample {
  readonly atMs: number
  readonly line: number
  readonly value: number
}

/** Gauges stay below what whoever measured allows, and do not go on growing under the same load. */
export function resourcesReturn({ observations, marks, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  const measured = observations.filter(({ what }) => what === 'resource')
  for (const observed of measured) compareWithAllowed(inquiry, observed)
  const endMs = marks.get('load-ends')?.atMs ?? Infinity
  const underLoad = measured.filter(({ atMs }) => atMs <= endMs)
  for (const [subject, samples] of groupBy(underLoad, (one) => one.subject)) {
    for (const [gauge, series] of seriesOf(samples)) {
      findGrowth(inquiry, `${gauge} of ${subject}`, series, bounds.growth)
    }
  }
  return inquiry
}

const gaugesOf = (value: unknown): [string, number][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).filter(
        (entry): entry is [string, number] => typeof entry[1] === 'number',
      )
    : typeof value === 'number'
      ? [['value', value]]
      : []

function compareWithAllowed(
  inquiry: Inquiry,
  { value, expected, subject, line }: Observation,
): void {
  const is = new Map(gaugesOf(value))
  for (const [gauge, allowed] of gaugesOf(expected)) {
    const measured = is.get(gauge)
    if (measured === undefined) continue
    inquiry.looked += 1
    if (measured <= allowed) continue
    const says = (): string =>
      `${gauge} of ${subject} is ${measured}, and at most ${allowed} is allowed`
    inquiry.report([line], says)
  }
}

function seriesOf(samples: readonly Observation[]): Map<string, Sample[]> {
  const all = samples.flatMap(({ atMs, line, value }) =>
    gaugesOf(value).map(([gauge, measured]) => ({ gauge, atMs, line, value: measured })),
  )
  return groupBy(all, ({ gauge }) => gauge)
}

/** The slope of the later half, by least squares: in the earlier one caches fill. */
function findGrowth(
  inquiry: Inquiry,
  name: string,
  series: readonly Sample[],
  growth: number,
): void {
  const half = series.slice(Math.floor(series.length / 2))
  const [first, last] = [half[0], half.at(-1)]
  if (series.length < FEWEST_SAMPLES || first === undefined || last === undefined) return
  const spanMs = last.atMs - first.atMs
  if (spanMs < SHORTEST_MS / 2) return
  inquiry.looked += 1
  const meanMs = mean(half.map(({ atMs }) => atMs))
  const meanValue = mean(half.map(({ value }) => value))
  let [above, below] = [0, 0]
  for (const { atMs, value } of half) {
    above += (atMs - meanMs) * (value - meanValue)
    below += (atMs - meanMs) ** 2
  }
  const risen = (above / below) * spanMs
  if (risen <= growth * Math.max(Math.abs(meanValue), 1)) return
  const says = (): string =>
    `${name} grew by ${Math.round(risen)} in ${Math.round(spanMs / 60_000)} minutes of the same load`
  inquiry.report([first.line, last.line], says)
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
