import { scaleBand, scaleLinear } from 'd3-scale'
import { drawing, escapeText, MARGIN, pixel, SIZE } from './frame.ts'

export interface BarChart {
  readonly title: string
  readonly xLabel: string
  readonly bars: readonly {
    readonly name: string
    readonly value: number
    readonly label: string
    /** Whose colour it has. */
    readonly series: number
  }[]
}

/** Long names are given more room, many bars too. */
const NAMES = { least: 210, most: 400, letter: 6.6 }
const LEAST_BAR = 20
const LABEL_WIDTH = 90

/** Bars that lie, each with its name before and its value behind it. */
export function barChart({ title, xLabel, bars }: BarChart): string {
  const longest = Math.max(0, ...bars.map(({ name }) => name.length)) * NAMES.letter - MARGIN.left
  const left = MARGIN.left + Math.round(Math.min(NAMES.most, Math.max(NAMES.least, longest + 14)))
  const height = Math.max(SIZE.height, MARGIN.top + MARGIN.bottom + bars.length * LEAST_BAR)
  const bottom = height - MARGIN.bottom
  const most = Math.max(0, ...bars.map(({ value }) => value).filter(Number.isFinite))
  const x = scaleLinear([0, most > 0 ? most : 1], [left, SIZE.width - MARGIN.right - LABEL_WIDTH])
  const y = scaleBand(
    bars.map((_, at) => at),
    [MARGIN.top - 8, bottom],
  ).padding(0.3)
  const content = bars.flatMap(({ name, value, label, series }, at) => {
    const top = y(at) ?? 0
    const middle = pixel(top + y.bandwidth() / 2 + 4)
    const width = Math.max(1, x(Number.isFinite(value) ? Math.max(0, value) : 0) - left)
    return [
      `<text x="${left - 10}" y="${middle}" text-anchor="end">${escapeText(name)}</text>`,
      `<rect class="fill${series}" x="${left}" y="${pixel(top)}" width="${pixel(width)}" height="${pixel(y.bandwidth())}" rx="3"/>`,
      `<text x="${pixel(left + width + 8)}" y="${middle}">${escapeText(label)}</text>`,
    ]
  })
  const labelLeft = Math.min(left, SIZE.width - MARGIN.right - xLabel.length * NAMES.letter)
  content.push(
    `<text class="faint" x="${pixel(labelLeft)}" y="${height - 20}">${escapeText(xLabel)}</text>`,
  )
  return drawing(
    title,
    `${xLabel}: ${bars.map(({ name, label }) => `${name} ${label}`).join(', ')}`,
    content,
    { width: SIZE.width, height },
  )
}
