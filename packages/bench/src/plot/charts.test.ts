import { expect, test } from 'vitest'
import { barChart } from './bar-chart.ts'
import { distributionOf } from './distribution.ts'
import { lineChart, type LineChart } from './line-chart.ts'

const CHART: LineChart = {
  title: 'A <title> & more',
  xLabel: 'x',
  yLabel: 'y',
  series: [
    {
      name: 'one',
      points: [
        [1, 0],
        [10, 50],
        [1_000, 100],
      ],
    },
    {
      name: 'other',
      points: [
        [5, 0],
        [50, 100],
      ],
    },
  ],
}

/** Every element is closed, and no number is none. */
function expectWellFormed(svg: string): void {
  const open: string[] = []
  for (const [, close, name = '', own] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/gu)) {
    if (close === '/') expect(open.pop()).toBe(name)
    else if (own !== '/') open.push(name)
  }
  expect(open).toEqual([])
  expect(svg).not.toMatch(/NaN|Infinity|undefined/u)
}

test.each([
  ['linear', {}],
  ['of decades', { isLogX: true }],
  ['of decades in both directions', { isLogX: true, isLogY: true }],
  ['with a band', { band: { from: 2, to: 5, label: 'away' } }],
])('a chart that is %s is whole, for light and for dark pages', (_how, more) => {
  const svg = lineChart({ ...CHART, ...more })
  expectWellFormed(svg)
  expect(svg).toContain('A &lt;title&gt; &amp; more')
  expect(svg).toContain('prefers-color-scheme:dark')
  expect(svg.match(/<path class="line\d" stroke-dasharray="[^"]*" d="M[\d.]+,/gu)).toHaveLength(2)
})

test('many bars make a chart higher, and long names have room', () => {
  const bars = Array.from({ length: 40 }, (_, value) => ({
    name: `a name that is somewhat longer than others are, ${value}`,
    value,
    label: `${value}`,
    series: 0,
  }))
  const many = barChart({ title: 'many', xLabel: 'x', bars })
  const few = barChart({ title: 'few', xLabel: 'x', bars: bars.slice(0, 2) })
  expectWellFormed(many)
  const heightOf = (svg: string): number => Number(/viewBox="0 0 720 (\d+)"/u.exec(svg)?.[1])
  expect([heightOf(few), heightOf(many) > 800]).toEqual([380, true])
  const namesEnd = (svg: string): number => Number(/<text x="(\d+)"/u.exec(svg)?.[1])
  expect(namesEnd(many)).toBeGreaterThan(6 * (bars[39]?.name.length ?? 0))
})

test('what cannot be drawn is left out', () => {
  const points = [
    [0, 1],
    [Number.NaN, 5],
    [10, Number.POSITIVE_INFINITY],
    [10, 7],
  ] as const
  expectWellFormed(lineChart({ ...CHART, isLogX: true, series: [{ name: 'one', points }] }))
  expectWellFormed(lineChart({ ...CHART, series: [{ name: 'none', points: [] }] }))
  expectWellFormed(
    lineChart({
      ...CHART,
      isLogX: true,
      series: [
        {
          name: 'same',
          points: [
            [3, 1],
            [3, 2],
          ],
        },
      ],
    }),
  )
})

test('of many points only as many are drawn as can be seen', () => {
  const points = Array.from({ length: 50_000 }, (_, at) => [at, at % 7] as const)
  expect(lineChart({ ...CHART, series: [{ name: 'one', points }] }).length).toBeLessThan(20_000)
})

test('bars are as long as their values', () => {
  const bars = [
    { name: 'small', value: 1, label: '1', series: 0 },
    { name: 'large', value: 4, label: '4', series: 1 },
    { name: 'none', value: Number.NaN, label: '–', series: 0 },
  ]
  const svg = barChart({ title: 'Bars', xLabel: 'KB', bars })
  expectWellFormed(svg)
  const widths = [...svg.matchAll(/<rect class="fill\d"[^>]* width="([\d.]+)"/gu)].map(
    ([, width]) => Number(width),
  )
  expect(widths[1]).toBeCloseTo((widths[0] ?? 0) * 4, 0)
})

test('a distribution rises to everything', () => {
  expect(distributionOf([30, 10])).toEqual([
    [10, 50],
    [30, 100],
  ])
  const points = distributionOf(Array.from({ length: 10_000 }, (_, at) => 10_000 - at))
  expect(points.at(-1)).toEqual([10_000, 100])
  expect(
    points.every(([x, y], at) => at === 0 || (x >= points[at - 1]![0] && y > points[at - 1]![1])),
  ).toBe(true)
  expect(distributionOf([30, 10], 4)).toEqual([
    [10, 25],
    [30, 50],
  ])
  expect(distributionOf([])).toEqual([])
})
