import { Gauge, type Registry } from 'prom-client'

/** Whatever says of itself whether it can be asked now: a client of Redis. */
interface Connection {
  readonly status: string
}

/** Read when Prometheus asks: nothing is counted in between. */
export function addRedisGauge(
  registry: Registry,
  clients: Readonly<Record<string, Connection>>,
): Gauge {
  return new Gauge({
    name: 'parley_redis_connected',
    help: '1 while the connection to Redis can be used.',
    labelNames: ['client'],
    registers: [registry],
    collect() {
      for (const [client, { status }] of Object.entries(clients)) {
        this.set({ client }, status === 'ready' ? 1 : 0)
      }
    },
  })
}
