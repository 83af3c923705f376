import { eventually } from '@parley/testkit'
import { expect } from 'vitest'
import { startNeighbours } from './neighbour.ts'
import { cluster, expectAllAlive } from './stage.ts'

const MB = 1024 * 1024

/**
 * Of each process, while and after one client misbehaves. No speed of a machine is measured: a process
 * that keeps what it is sent, or that one message holds up, goes beyond these by far.
 */
const BOUNDS = { grownBytes: 160 * MB, moreDescriptors: 25, lagSeconds: 2 } as const

const METRICS = {
  bytes: 'process_resident_memory_bytes',
  descriptors: 'process_open_fds',
  /** Of the time since it was last asked. */
  lagSeconds: 'nodejs_eventloop_lag_p99_seconds',
} as const

type Resources = Record<keyof typeof METRICS, number>

const valueOf = (metrics: string, name: string): number =>
  Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'mu').exec(metrics)?.[1])

const metricsOf = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text()

export const metricOf = async (url: string, name: string): Promise<number> =>
  valueOf(await metricsOf(url), name)

async function read(): Promise<Map<string, Resources>> {
  const found = new Map<string, Resources>()
  for (const { name, url } of cluster.processes) {
    const metrics = await metricsOf(url)
    found.set(name, {
      bytes: valueOf(metrics, METRICS.bytes),
      descriptors: valueOf(metrics, METRICS.descriptors),
      lagSeconds: valueOf(metrics, METRICS.lagSeconds),
    })
  }
  return found
}

/** Somebody misbehaves, and lets go: all processes stay in bounds, and the neighbours notice nothing. */
export async function expectBounded(misbehave: () => Promise<void>): Promise<void> {
  const neighbours = await startNeighbours()
  const before = await read()
  await misbehave()
  for (const [name, { bytes, lagSeconds }] of await read()) {
    const grown = bytes - (before.get(name)?.bytes ?? 0)
    expect([name, 'grown bytes', grown < BOUNDS.grownBytes ? 'few' : grown]).toEqual([
      name,
      'grown bytes',
      'few',
    ])
    const lag = lagSeconds < BOUNDS.lagSeconds ? 'short' : lagSeconds
    expect([name, 'lag', lag]).toEqual([name, 'lag', 'short'])
  }
  await neighbours.expectUnharmed()
  await eventually(
    async () => {
      for (const [name, { descriptors }] of await read()) {
        const more = descriptors - (before.get(name)?.descriptors ?? 0)
        const told = more <= BOUNDS.moreDescriptors ? 'few' : more
        expect([name, 'more descriptors', told]).toEqual([name, 'more descriptors', 'few'])
      }
    },
    { timeoutMs: 30_000, everyMs: 250 },
  )
  await expectAllAlive()
}
