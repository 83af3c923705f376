import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  ensurePrograms,
  freePort,
  LaunchError,
  REPOSITORY,
  waitUntil,
  type ClusterInfo,
} from '@parley/local-cluster'

export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly points: readonly (readonly [atS: number, value: number])[]
}

export interface Prometheus {
  readonly range: (expression: string, fromS: number, toS: number) => Promise<readonly Series[]>
  readonly stop: () => Promise<void>
}

const SCRAPE_S = 2
/** What Grafana takes for `$__rate_interval`, at this pace of scrapes, and some. */
const RATE = '15s'
const READY_MS = 30_000

/** Grafana's variables as it fills them in where all is shown. */
const fill = (expression: string): string =>
  expression.replaceAll('$__rate_interval', RATE).replaceAll('$instance', '.*')

function configOf({ gateways, apis, workers }: ClusterInfo): string {
  const job = (name: string, replicas: ClusterInfo['apis']): object => ({
    job_name: name,
    honor_labels: true,
    static_configs: [{ targets: replicas.map(({ url }) => new URL(url).host) }],
  })
  return JSON.stringify({
    global: { scrape_interval: `${SCRAPE_S}s`, evaluation_interval: `${SCRAPE_S}s` },
    rule_files: [join(REPOSITORY, 'infra/prometheus/alerts.yaml')],
    scrape_configs: [job('gateway', gateways), job('api', apis), job('worker', workers)],
  })
}

/** A Prometheus of our own for one cluster, with our alert rules; it keeps all it has in `folder`. */
export async function startPrometheus(folder: string, cluster: ClusterInfo): Promise<Prometheus> {
  // Debian's package of promtool brings the server along.
  const { promtool } = await ensurePrograms(['promtool'])
  const config = join(folder, 'prometheus.json')
  writeFileSync(config, configOf(cluster))
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    join(dirname(promtool), 'prometheus'),
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'series')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const ended = once(child, 'exit')
  const isReady = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new LaunchError('Prometheus did not start.')
    return fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  if (!(await waitUntil(isReady, { timeoutMs: READY_MS }))) {
    child.kill('SIGTERM')
    throw new LaunchError('Prometheus is not ready.')
  }

  return {
    async range(expression, fromS, toS) {
      const query = new URLSearchParams({
        query: fill(expression),
        start: String(fromS),
        end: String(toS),
        step: String(SCRAPE_S),
      })
      const response = await fetch(`http://${address}/api/v1/query_range`, {
        method: 'POST',
        body: query,
      })
      const answer = (await response.json()) as {
        readonly error?: string
        readonly data?: {
          readonly result: readonly {
            readonly metric: Record<string, string>
            readonly values: readonly [number, string][]
          }[]
        }
      }
      if (answer.data === undefined) throw new LaunchError(`${expression}: ${answer.error ?? ''}`)
      return answer.data.result.map(({ metric, values }) => ({
        labels: metric,
        points: values.map(([at, value]) => [at, Number(value)] as const),
      }))
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
