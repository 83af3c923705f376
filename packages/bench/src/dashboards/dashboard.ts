import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from '@parley/local-cluster'

export interface Panel {
  readonly type: 'stat' | 'timeseries'
  readonly title: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit: string
      readonly custom?: { readonly stacking?: { readonly mode: string } }
    }
  }
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
}

export interface Dashboard {
  readonly name: string
  readonly title: string
  readonly panels: readonly Panel[]
}

const FOLDER = join(REPOSITORY, 'infra/grafana/dashboards')

export const readDashboards = (): readonly Dashboard[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const read = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Omit<Dashboard, 'name'>
      return { ...read, name: file.replace(/\.json$/u, '') }
    })
