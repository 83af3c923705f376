import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { escapeText, pixel } from '../plot/frame.ts'
import type { Panel } from './dashboard.ts'
import { formatValue } from './format-value.ts'

export interface Line {
  readonly name: string
  readonly points: readonly (readonly [atS: number, value: number])[]
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Told apart on a light ground. */
const COLOURS = [
  '#1f77b4',
  '#d9730d',
  '#2c8a4b',
  '#b5252f',
  '#7a4fb5',
  '#8a5a3c',
  '#c24a9a',
  '#5f6b7a',
]
const colourAt = (index: number): string => COLOURS[index % COLOURS.length] ?? '#000'
const MOST_NAMES = 8
const MINUTE_S = 60
const EDGE = { top: 30, right: 10, bottom: 38, left: 54 }

const isNumber = ([, value]: readonly [number, number]): boolean => Number.isFinite(value)

/** Each upon those before it, where Grafana would draw them so. */
function stack(lines: readonly Line[]): readonly Line[] {
  const sums = new Map<number, number>()
  return lines.map(({ name, points }) => ({
    name,
    points: points.filter(isNumber).map(([at, value]) => {
      const sum = (sums.get(at) ?? 0) + value
      sums.set(at, sum)
      return [at, sum] as const
    }),
  }))
}

function frame(panel: Panel, { x, y, width, height }: Box): string {
  return [
    `<rect class="panel" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`,
    `<text class="head" x="${x + 10}" y="${y + 19}">${escapeText(panel.title)}</text>`,
  ].join('')
}

function drawStat(panel: Panel, lines: readonly Line[], box: Box): string {
  const last = lines[0]?.points.filter(isNumber).at(-1)
  const text = last === undefined ? '–' : formatValue(last[1], panel.fieldConfig.defaults.unit)
  const at = `x="${box.x + box.width / 2}" y="${box.y + box.height * 0.68}"`
  return `${frame(panel, box)}<text class="value" text-anchor="middle" ${at}>${escapeText(text)}</text>`
}

function namesOf(lines: readonly Line[], { x, y, width, height }: Box): string {
  let at = x + 10
  return lines
    .slice(0, MOST_NAMES)
    .map(({ name }, index) => {
      const from = at
      at += 22 + name.length * 6.6
      if (at > x + width) return ''
      const mark = `<rect x="${pixel(from)}" y="${y + height - 12}" width="9" height="3" fill="${colourAt(index)}"/>`
      return `${mark}<text class="name" x="${pixel(from + 12)}" y="${y + height - 7}">${escapeText(name)}</text>`
    })
    .join('')
}

/** One panel, of what its queries were answered between the two times. */
export function drawPanel(
  panel: Panel,
  lines: readonly Line[],
  box: Box,
  [fromS, toS]: readonly [number, number],
): string {
  if (panel.type === 'stat') return drawStat(panel, lines, box)
  const { unit, custom } = panel.fieldConfig.defaults
  const drawn = custom?.stacking?.mode === 'normal' ? stack(lines) : lines
  const most = Math.max(
    0,
    ...drawn.flatMap(({ points }) => points.filter(isNumber).map(([, v]) => v)),
  )
  const right = box.x + box.width - EDGE.right
  const bottom = box.y + box.height - EDGE.bottom
  const x = scaleLinear()
    .domain([fromS, toS])
    .range([box.x + EDGE.left, right])
  const y = scaleLinear()
    .domain([0, most > 0 ? most : 1])
    .range([bottom, box.y + EDGE.top])
    .nice()
  const path = line<readonly [number, number]>(
    ([at]) => Math.round(x(at)),
    ([, value]) => Math.round(y(value) * 10) / 10,
  ).defined(isNumber)
  return [
    frame(panel, box),
    ...y.ticks(4).map((value) => {
      const at = pixel(y(value))
      const label = escapeText(formatValue(value, unit))
      return `<path class="rule" d="M${box.x + EDGE.left} ${at}H${right}"/><text class="tick" text-anchor="end" x="${box.x + EDGE.left - 5}" y="${pixel(y(value) + 4)}">${label}</text>`
    }),
    ...Array.from({ length: Math.floor((toS - fromS) / MINUTE_S) + 1 }, (_, minute) => {
      const at = pixel(x(fromS + minute * MINUTE_S))
      return `<text class="tick" text-anchor="middle" x="${at}" y="${bottom + 14}">${minute} min</text>`
    }),
    ...drawn.map(
      ({ points }, index) =>
        `<path fill="none" stroke-width="1.5" stroke="${colourAt(index)}" d="${path([...points]) ?? ''}"/>`,
    ),
    namesOf(drawn, box),
  ].join('\n')
}
