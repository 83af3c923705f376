import { Counter, Gauge, Histogram, type Registry } from '@parley/server-kit'
import type { LogStore } from '../../room-log/room-log.ts'

const isDup = (data: object): boolean => 'dup' in data && data.dup === true

const addQueueGauge = (registers: Registry[], queued: () => number): Gauge =>
  new Gauge({
    name: 'parley_log_queued_commands',
    help: 'Commands that wait for a transaction of the room log.',
    registers,
    collect() {
      this.set(queued())
    },
  })

/** The log's store, its transactions counted and timed: once a transaction, however many commands it has. */
export function measureLog(
  store: LogStore,
  { registry, queued }: { readonly registry: Registry; readonly queued: () => number },
): LogStore {
  const registers = [registry]
  const batch = new Histogram({
    name: 'parley_log_batch_commands',
    help: 'Commands in one transaction of the room log.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
    registers,
  })
  const seconds = new Histogram({
    name: 'parley_log_transaction_seconds',
    help: 'One transaction of the room log, from its connection to its commit.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const dups = new Counter({
    name: 'parley_log_dups_total',
    help: 'Commands that had been done before, and were answered what they were answered then.',
    registers,
  })
  addQueueGauge(registers, queued)
  const committed = seconds.labels('committed')
  const failed = seconds.labels('failed')

  return {
    async runBatch(commands) {
      const startedAt = performance.now()
      const since = (): number => (performance.now() - startedAt) / 1_000
      try {
        const outcome = await store.runBatch(commands)
        committed.observe(since())
        batch.observe(commands.length)
        let dup = 0
        for (const one of outcome.outcomes) if ('data' in one && isDup(one.data)) dup += 1
        if (dup > 0) dups.inc(dup)
        return outcome
      } catch (error) {
        failed.observe(since())
        throw error
      }
    },
  }
}
