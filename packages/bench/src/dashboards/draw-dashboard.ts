import { escapeText } from '../plot/frame.ts'
import type { Dashboard, Panel } from './dashboard.ts'
import { drawPanel, type Line } from './draw-panel.ts'
import type { Prometheus } from './private-prometheus.ts'

const COLUMN = 50
const ROW = 32
const GAP = 6
const HEAD = 44
const WIDTH = 24 * COLUMN

const STYLE = [
  '.ground{fill:#f4f5f7}.panel{fill:#fff;stroke:#dfe3e8}.rule{stroke:#e8ebef}',
  "text{fill:#1f2328;font:11px system-ui,-apple-system,'Segoe UI',sans-serif}",
  '.title{font-size:17px;font-weight:600}.head{font-size:12px;font-weight:600}',
  '.value{font-size:24px;font-weight:600}.tick{fill:#59636e;font-size:10px}.name{font-size:10px}',
].join('')

const nameOf = (legend: string, labels: Readonly<Record<string, string>>): string =>
  legend.replaceAll(/\{\{(\w+)\}\}/gu, (_, label: string) => labels[label] ?? '')

async function ask(
  panel: Panel,
  prometheus: Prometheus,
  [fromS, toS]: readonly [number, number],
): Promise<readonly Line[]> {
  const answers = await Promise.all(
    panel.targets.map(async ({ expr, legendFormat }) => {
      const series = await prometheus.range(expr, fromS, toS)
      return series.map(({ labels, points }) => ({ name: nameOf(legendFormat, labels), points }))
    }),
  )
  return answers.flat()
}

/** What the dashboard would show of that time: every panel in its place, of its own queries. */
export async function drawDashboard(
  { title, panels }: Dashboard,
  prometheus: Prometheus,
  times: readonly [fromS: number, toS: number],
): Promise<string> {
  const drawn: string[] = []
  for (const panel of panels) {
    const { x, y, w, h } = panel.gridPos
    const box = {
      x: x * COLUMN + GAP,
      y: HEAD + y * ROW,
      width: w * COLUMN - 2 * GAP,
      height: h * ROW - 2 * GAP,
    }
    drawn.push(drawPanel(panel, await ask(panel, prometheus, times), box, times))
  }
  const height = HEAD + ROW * Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="t">`,
    `<title id="t">${escapeText(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="12" y="28">${escapeText(title)}</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}
