import { setTimeout as sleep } from 'node:timers/promises'
import { Gauge, type Registry } from '@parley/server-kit'

/** What of a pool is read. */
interface CountedPool {
  readonly query: (sql: string) => Promise<unknown>
  readonly activeConnections: () => number
  readonly idleConnections: () => number
  readonly taskQueueSize: () => number
}

/** Whoever scrapes does not wait for a database that does not answer. */
const ANSWER_WITHIN_MS = 1_000

async function answers(pool: CountedPool): Promise<boolean> {
  const asked = pool.query('SELECT 1').then(
    () => true,
    () => false,
  )
  return Promise.race([asked, sleep(ANSWER_WITHIN_MS, false, { ref: false })])
}

interface Pools {
  readonly pool: CountedPool
  readonly writers: CountedPool
}

const addUp = (registers: Registry[], { pool }: Pools): Gauge =>
  new Gauge({
    name: 'parley_database_up',
    help: '1 if the database answered a moment ago.',
    registers,
    async collect() {
      this.set((await answers(pool)) ? 1 : 0)
    },
  })

const addConnections = (registers: Registry[], { pool, writers }: Pools): Gauge =>
  new Gauge({
    name: 'parley_database_connections',
    help: 'Connections to the database by pool and state, and who waits for one.',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const [name, counted] of Object.entries({ pool, writers })) {
        this.set({ pool: name, state: 'active' }, counted.activeConnections())
        this.set({ pool: name, state: 'idle' }, counted.idleConnections())
        this.set({ pool: name, state: 'waiting' }, counted.taskQueueSize())
      }
    },
  })

/** Asked when Prometheus asks. `pool` stands for the database. */
export function addDatabaseGauges(registry: Registry, pools: Pools): void {
  addUp([registry], pools)
  addConnections([registry], pools)
}
