import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { problemsOf } from './promql.ts'

const folder = new URL('../../infra/grafana/dashboards/', import.meta.url)

interface Panel {
  readonly id: number
  readonly title: string
  readonly description: string
  readonly datasource: { readonly uid: string }
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly fieldConfig: { readonly defaults: { readonly unit: string } }
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
}

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: unknown }[]
  }
}

const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const dashboards = files.map((name) => {
  const text = readFileSync(new URL(name, folder), 'utf8')
  return [name, JSON.parse(text) as Dashboard] as const
})

/** What Grafana puts in before it asks. */
const fill = (expression: string): string =>
  expression.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*')

test('there are dashboards, and no two of one id', () => {
  expect(files).toContain('overview.json')
  expect(new Set(dashboards.map(([, { uid }]) => uid)).size).toBe(files.length)
})

test.each(dashboards)('%s asks for series, labels and codes that there are', (_name, dashboard) => {
  for (const { title, targets } of dashboard.panels) {
    expect(targets.length, title).toBeGreaterThan(0)
    for (const { expr } of targets) expect(problemsOf(fill(expr)), title).toEqual([])
  }
})

test.each(dashboards)(
  '%s shows in its legends only labels that the query keeps',
  (_name, dashboard) => {
    for (const { title, targets } of dashboard.panels) {
      for (const { expr, legendFormat } of targets) {
        const kept = [...expr.matchAll(/by \(([^)]*)\)/gu)].flatMap(([, list = '']) =>
          list.split(/, */u),
        )
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/gu)) {
          expect(kept, `${title}: ${expr}`).toContain(label)
        }
      }
    }
  },
)

test.each(dashboards)(
  '%s has a unit and a sentence on every panel, of the data source that is chosen',
  (_name, dashboard) => {
    const variables = dashboard.templating.list.map(({ name }) => name)
    expect(variables).toContain('datasource')
    for (const panel of dashboard.panels) {
      expect(panel.description, panel.title).toMatch(/\S.*\.$/u)
      expect(panel.fieldConfig.defaults.unit, panel.title).not.toBe('')
      expect(panel.datasource.uid).toBe('${datasource}')
      for (const { expr } of panel.targets) {
        for (const [, name = ''] of expr.matchAll(/\$(\w+)/gu)) {
          if (name !== '__rate_interval') expect(variables, expr).toContain(name)
        }
      }
    }
  },
)

test.each(dashboards)('%s has panels that lie side by side', (_name, { panels }) => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  for (const one of panels) {
    expect(one.gridPos.x + one.gridPos.w, one.title).toBeLessThanOrEqual(24)
    for (const other of panels) {
      if (one === other) continue
      const [a, b] = [one.gridPos, other.gridPos]
      const isBeside = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y
      expect(isBeside, `${one.title} and ${other.title}`).toBe(true)
    }
  }
})
