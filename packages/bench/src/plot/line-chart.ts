import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3-scale'
import { curveStepAfter, line } from 'd3-shape'
import { DASHES, drawing, escapeText, legend, MARGIN, pixel, SIZE } from './frame.ts'

export type Point = readonly [x: number, y: number]

export interface LineChart {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[]
  readonly isLogX?: boolean
  readonly isLogY?: boolean
  readonly xFormat?: (value: number) => string
  readonly yFormat?: (value: number) => string
  readonly yDomain?: Point
  /** A stretch of x during which something was the matter. */
  readonly band?: { readonly from: number; readonly to: number; readonly label: string }
}

/** More points than pixels are only bytes. */
const MOST_POINTS = 300

type Scale = ScaleContinuousNumeric<number, number>

export function lineChart(chart: LineChart): string {
  const { title, xLabel, yLabel, series, band } = chart
  const points = series.flatMap((one) => one.points).filter(isDrawable(chart))
  const right = SIZE.width - MARGIN.right
  const bottom = SIZE.height - MARGIN.bottom
  const x = scaleOf(
    points.map(([value]) => value),
    chart.isLogX === true,
  ).range([MARGIN.left, right])
  const y = scaleOf(
    points.map(([, value]) => value),
    chart.isLogY === true,
  ).range([bottom, MARGIN.top])
  if (chart.yDomain !== undefined) y.domain([...chart.yDomain])
  const path = line<Point>(
    ([at]) => Math.round(x(at) * 10) / 10,
    ([, value]) => Math.round(y(value) * 10) / 10,
  ).curve(curveStepAfter)
  const content = [
    ...(band === undefined ? [] : bandOf(band, x, bottom)),
    ...ticksOf(x, chart.isLogX === true).map((value) => {
      const at = pixel(x(value))
      return `<path class="rule" d="M${at} ${MARGIN.top}V${bottom}"/><text class="faint" x="${at}" y="${bottom + 18}" text-anchor="middle">${escapeText((chart.xFormat ?? String)(value))}</text>`
    }),
    ...ticksOf(y, chart.isLogY === true).map((value) => {
      const at = pixel(y(value))
      return `<path class="rule" d="M${MARGIN.left} ${at}H${right}"/><text class="faint" x="${MARGIN.left - 8}" y="${pixel(y(value) + 4)}" text-anchor="end">${escapeText((chart.yFormat ?? String)(value))}</text>`
    }),
    `<text class="faint" x="${pixel((MARGIN.left + right) / 2)}" y="${SIZE.height - 12}" text-anchor="middle">${escapeText(xLabel)}</text>`,
    `<text class="faint" transform="translate(16 ${pixel((MARGIN.top + bottom) / 2)}) rotate(-90)" text-anchor="middle">${escapeText(yLabel)}</text>`,
    ...series.map(({ points: own }, at) => {
      const drawn = thin(own.filter(isDrawable(chart)))
      return `<path class="line${at}" stroke-dasharray="${DASHES[at] ?? ''}" d="${path(drawn) ?? ''}"/>`
    }),
    ...legend(
      series.map(({ name }) => name),
      DASHES,
    ),
  ]
  return drawing(title, `${yLabel} by ${xLabel}`, content)
}

const isDrawable =
  ({ isLogX, isLogY }: LineChart) =>
  ([x, y]: Point): boolean =>
    Number.isFinite(x) &&
    Number.isFinite(y) &&
    !(isLogX === true && x <= 0) &&
    !(isLogY === true && y <= 0)

function scaleOf(values: readonly number[], isLog: boolean): Scale {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  if (!isLog)
    return scaleLinear()
      .domain([Math.min(0, low), high > 0 && Number.isFinite(high) ? high : 1])
      .nice()
  return scaleLog()
    .domain(low < high ? [low, high] : [1, 10])
    .nice()
}

/** Of a scale of decades only the decades are named, and what is between where there is one alone. */
function ticksOf(scale: Scale, isLog: boolean): number[] {
  const ticks = scale.ticks(6)
  if (!isLog) return ticks
  const decades = ticks.filter((value) => Number.isInteger(Math.log10(value)))
  return decades.length > 1 ? decades : ticks
}

function bandOf(
  { from, to, label }: NonNullable<LineChart['band']>,
  x: Scale,
  bottom: number,
): string[] {
  const [left, right] = [x(from), x(to)]
  return [
    `<rect class="band" x="${pixel(left)}" y="${MARGIN.top}" width="${pixel(right - left)}" height="${bottom - MARGIN.top}"/>`,
    `<text class="faint" x="${pixel((left + right) / 2)}" y="${bottom - 8}" text-anchor="middle">${escapeText(label)}</text>`,
  ]
}

function thin(points: readonly Point[]): Point[] {
  if (points.length <= MOST_POINTS) return [...points]
  const step = (points.length - 1) / (MOST_POINTS - 1)
  return Array.from({ length: MOST_POINTS }, (_, at) => points[Math.round(at * step)] ?? [0, 0])
}
