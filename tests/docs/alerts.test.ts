import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
// @boundaries-ignore what comes with the system is installed as for the other tests
import { ensurePrograms } from '../../infra/local/src/install-programs.ts'
import { problemsOf } from './promql.ts'

const path = (name: string): string =>
  fileURLToPath(new URL(`../../infra/prometheus/${name}`, import.meta.url))

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly runbook_url: string }
}

const { groups } = parse(readFileSync(path('alerts.yaml'), 'utf8')) as {
  groups: { rules: Rule[] }[]
}
const rules = groups.flatMap((group) => group.rules)
const runbooks = readFileSync(new URL('../../docs/runbooks.md', import.meta.url), 'utf8')

function run(program: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  expect(status, `${stdout}${stderr}`).toBe(0)
}

test('Prometheus takes the rules, and each fires on what it is about and on nothing else', async () => {
  const { promtool } = await ensurePrograms(['promtool'])
  run(promtool, 'check', 'rules', path('alerts.yaml'))
  run(promtool, 'test', 'rules', path('alerts.test.yaml'))
}, 120_000)

test('each alert has a case in which it fires', () => {
  const cases = readFileSync(path('alerts.test.yaml'), 'utf8')
  for (const { alert } of rules) expect(cases, alert).toContain(`name: '${alert} fires'`)
})

test('alerts ask for series, labels and codes that there are', () => {
  expect(rules.flatMap(({ expr }) => problemsOf(expr))).toEqual([])
})

test('each alert has a runbook that it links to, and each runbook an alert', () => {
  const headings = [...runbooks.matchAll(/^## (\w+)$/gmu)].map(([, name]) => name)
  expect(headings).toEqual(rules.map(({ alert }) => alert))
  for (const { alert, labels, annotations } of rules) {
    expect(annotations.runbook_url).toBe(`docs/runbooks.md#${alert.toLowerCase()}`)
    const [, runbook = ''] = runbooks.split(`## ${alert}\n`)
    const [own = ''] = runbook.split('\n## ')
    expect(own, alert).toContain(`\`${labels.severity}\``)
    for (const part of ['What users notice:', 'Look at:', 'Do:']) expect(own, alert).toContain(part)
  }
})

test('what is wrong with an expression is found', () => {
  expect(problemsOf('sum(rate(parley_commands_total{code="ok"}[5m]))')).toEqual([])
  expect(problemsOf('rate(parley_commands_total[5m')).not.toEqual([])
  expect(problemsOf('parley_comands_total')).toEqual(['there is no series parley_comands_total'])
  expect(problemsOf('parley_command_seconds')).not.toEqual([])
  expect(problemsOf('parley_sessions_bucket')).not.toEqual([])
  expect(problemsOf('parley_sessions{room="x"}')).not.toEqual([])
  expect(problemsOf('sum by (room) (parley_sessions)')).not.toEqual([])
  expect(problemsOf('parley_commands_total{code="BUSY"}')).toEqual(['there is no code BUSY'])
})
