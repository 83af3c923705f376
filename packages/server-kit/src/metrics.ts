import { collectDefaultMetrics, Registry } from 'prom-client'

/** A registry of one service instance: several live in one test process. */
export function createRegistry(instance: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ instance })
  collectDefaultMetrics({ register: registry })
  return registry
}

export { Counter, Gauge, Histogram, type Registry } from 'prom-client'
