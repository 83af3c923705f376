import { readFileSync } from 'node:fs'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** All packages of a release have the same. */
const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }

/** A registry of one service instance: several live in one test process. */
export function createRegistry(instance: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ instance })
  // The loop is looked at 20 times a second: that wakes an idle process as often, and 100 would be most of its CPU.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 })
  new Gauge({
    name: 'parley_build_info',
    help: 'Always 1; which version of Parley this is.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1)
  return registry
}

export { Counter, Gauge, Histogram, type Registry } from 'prom-client'
