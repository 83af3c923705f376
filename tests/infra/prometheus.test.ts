import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
// @boundaries-ignore programs of the system are found by the launcher
import { ensurePrograms } from '../../infra/local/src/install-programs.ts'
import { filesIn, read, readYaml, REPOSITORY } from './deployment-files.ts'

test('Prometheus accepts its configuration, with the rules', async () => {
  const { promtool } = await ensurePrograms(['promtool'])
  const args = ['check', 'config', 'infra/prometheus/prometheus.yaml']
  const said = execFileSync(promtool, args, { cwd: REPOSITORY, encoding: 'utf8' })
  expect(said).toContain('rule files found')
})

test('what compose mounts is where Prometheus and Grafana look for it', () => {
  interface Service {
    readonly configs?: readonly { readonly source: string; readonly target: string }[]
    readonly volumes?: readonly string[]
  }
  const [compose] = readYaml<{ services: Record<string, Service> }>('infra/compose.yaml')
  const [prometheus] = readYaml<{ rule_files: string[] }>('infra/prometheus/prometheus.yaml')
  const targets = compose!.services['prometheus']!.configs!.map(({ target }) => target)
  for (const rules of prometheus!.rule_files) expect(targets).toContain(`/etc/prometheus/${rules}`)
  const [dashboards] = readYaml<{ providers: { options: { path: string } }[] }>(
    'infra/grafana/provisioning/dashboards/parley.yaml',
  )
  const { path } = dashboards!.providers[0]!.options
  expect(compose!.services['grafana']!.volumes).toContain(`./grafana/dashboards:${path}:ro`)
})

test('dashboards ask the data source that is provisioned', () => {
  const [sources] = readYaml<{ datasources: { uid: string; url: string }[] }>(
    'infra/grafana/provisioning/datasources/prometheus.yaml',
  )
  expect(sources!.datasources).toMatchObject([{ uid: 'prometheus', url: 'http://prometheus:9090' }])
})

test('every metric that is named in infra/ is one that docs/metrics.md has', () => {
  const metrics = read('docs/metrics.md')
  const files = filesIn('infra').filter((path) =>
    /\/(?:kubernetes|prometheus)\/.*\.yaml$/u.test(path),
  )
  const named = files.flatMap((path) => read(path).match(/\bparley_\w+/gu) ?? [])
  expect(named.length).toBeGreaterThan(0)
  for (const name of named) {
    const base = name.replace(/_(?:bucket|sum|count)$/u, '')
    expect(metrics.includes(`\`${name}\``) || metrics.includes(`\`${base}\``), name).toBe(true)
  }
})
