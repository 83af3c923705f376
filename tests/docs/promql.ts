import { readFileSync } from 'node:fs'
import { ERRORS } from '@parley/message-schema'
import { parser } from '@prometheus-io/lezer-promql'
// @boundaries-ignore Node's own metrics are those that the servers register
import { createRegistry } from '../../packages/server-kit/src/metrics.ts'

interface Metric {
  readonly type: string
  readonly labels: ReadonlySet<string>
}

/** Of Prometheus itself, and of every scrape. */
const SCRAPED = ['up', 'scrape_duration_seconds']
/** That a scrape or the registry puts on every series. */
const EVERYWHERE = ['instance', 'job']
const CODES = new Set<string>([...Object.keys(ERRORS), 'ok'])

const ROW = /^\| `(parley_\w+)` \| (\w+) \| ([^|]*) \|/gmu

/** What docs/metrics.md has, which is compared with the code, and Node's default metrics. */
async function readMetrics(): Promise<ReadonlyMap<string, Metric>> {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const metrics = new Map<string, Metric>(
    [...page.matchAll(ROW)].map(([, name = '', type = '', labels = '']) => [
      name,
      { type, labels: new Set([...labels.matchAll(/`(\w+)`/gu)].map(([, label = '']) => label)) },
    ]),
  )
  const registry = createRegistry('test')
  // Each names its labels where it is written, and nowhere where they can be asked for.
  const labels = new Set(['kind', 'type', 'space', 'version', 'major', 'minor', 'patch'])
  for (const metric of await registry.getMetricsAsJSON()) {
    const named = metric.values.flatMap((one) => Object.keys(one.labels))
    metrics.set(metric.name, { type: String(metric.type), labels: new Set([...labels, ...named]) })
  }
  registry.clear()
  for (const name of SCRAPED) metrics.set(name, { type: 'gauge', labels: new Set() })
  return metrics
}

const known = await readMetrics()

/** A histogram is scraped as three series. */
function findSeries(name: string): ReadonlySet<string> | undefined {
  const [, base = '', part] = /^(\w+?)_(bucket|sum|count)$/u.exec(name) ?? []
  const histogram = known.get(base)
  if (histogram?.type === 'histogram') {
    return new Set([...histogram.labels, ...EVERYWHERE, ...(part === 'bucket' ? ['le'] : [])])
  }
  const metric = known.get(name)
  if (metric === undefined || metric.type === 'histogram') return undefined
  return new Set([...metric.labels, ...EVERYWHERE])
}

/** Sentences: what cannot be parsed, metrics and labels that nobody makes, codes that are none. */
export function problemsOf(expression: string): string[] {
  const problems: string[] = []
  const grouped: string[] = []
  const labelsOfAll = new Set<string>()
  let labels: ReadonlySet<string> = new Set()
  let label = ''
  parser.parse(expression).iterate({
    enter({ name, type, from, to, node }) {
      const text = expression.slice(from, to)
      if (type.isError) problems.push(`cannot be parsed at ${from}: ${expression}`)
      if (name === 'VectorSelector') {
        const metric = node.getChild('Identifier')
        const series = metric === null ? '' : expression.slice(metric.from, metric.to)
        labels = findSeries(series) ?? new Set()
        for (const one of labels) labelsOfAll.add(one)
        if (findSeries(series) === undefined) problems.push(`there is no series ${series || text}`)
      } else if (name === 'LabelName' && node.parent?.name === 'GroupingLabels') grouped.push(text)
      else if (name === 'LabelName') {
        label = text
        if (!labels.has(label)) problems.push(`there is no label ${label}: ${expression}`)
      } else if (name === 'StringLiteral' && label === 'code') {
        for (const code of text.slice(1, -1).split('|')) {
          if (!CODES.has(code)) problems.push(`there is no code ${code}`)
        }
      }
    },
  })
  for (const one of grouped) {
    if (!labelsOfAll.has(one)) problems.push(`there is no label ${one}: ${expression}`)
  }
  return problems
}
