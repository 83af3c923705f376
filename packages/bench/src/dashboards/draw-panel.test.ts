import { expect, test } from 'vitest'
import type { Panel } from './dashboard.ts'
import { drawPanel } from './draw-panel.ts'
import { formatValue } from './format-value.ts'

const BOX = { x: 0, y: 0, width: 400, height: 200 }

const panel = (unit: string, mode: string, type: Panel['type'] = 'timeseries'): Panel => ({
  type,
  title: 'Acks <p99>',
  gridPos: { x: 0, y: 0, w: 8, h: 7 },
  fieldConfig: { defaults: { unit, custom: { stacking: { mode } } } },
  targets: [],
})

const LINES = [
  {
    name: 'g1',
    points: [
      [0, 1],
      [10, 3],
    ] as const,
  },
  {
    name: 'g2',
    points: [
      [0, 2],
      [10, Number.NaN],
    ] as const,
  },
]

test('a line a series, named, with nothing where there was no answer', () => {
  const text = drawPanel(panel('short', 'none'), LINES, BOX, [0, 10])
  expect(text.match(/<path fill="none"/gu)).toHaveLength(2)
  expect(text).toContain('>g1<')
  expect(text).toContain('Acks &lt;p99&gt;')
  expect(text).not.toContain('NaN')
})

test('what is stacked ends at the sum', () => {
  const tops = (mode: string): string[] =>
    [
      ...drawPanel(panel('short', mode), LINES, BOX, [0, 10]).matchAll(
        /text-anchor="end"[^>]*>(\d+)</gu,
      ),
    ].map(([, tick = '']) => tick)
  expect(Math.max(...tops('normal').map(Number))).toBeGreaterThanOrEqual(3)
  expect(drawPanel(panel('short', 'normal'), LINES, BOX, [0, 10])).not.toBe(
    drawPanel(panel('short', 'none'), LINES, BOX, [0, 10]),
  )
})

test('a number shows the last answer, or that there was none', () => {
  expect(drawPanel(panel('s', 'none', 'stat'), LINES, BOX, [0, 10])).toContain('>3 s<')
  expect(drawPanel(panel('s', 'none', 'stat'), [], BOX, [0, 10])).toContain('>–<')
})

test.each([
  [0.0123, 's', '12.3 ms'],
  [0.00004, 's', '40 µs'],
  [2.5, 's', '2.5 s'],
  [1536, 'bytes', '1.5 KiB'],
  [0.011, 'percentunit', '1.1 %'],
  [12_345, 'cps', '12.3 K/s'],
  [7, 'short', '7'],
])('%d as %s is %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text)
})
