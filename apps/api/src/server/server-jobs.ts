import { createErasureLeftovers } from '../db/users/erasure-leftovers.ts'
import { createErasureStore } from '../db/users/erasure-store.ts'
import { createStatsStore } from '../db/server/stats-store.ts'
import type { JobPorts, Jobs } from '../jobs/all-jobs.ts'
import type { Job } from '../jobs/job.ts'
import { createEraseEverywhere } from '../users/erase-everywhere.ts'

const LOOK_FOR_ERASURES_MS = 2_000
const SAMPLE_MS = 5 * 60_000

/** What erases users room by room, and what writes down totals by the hour. */
export function serverJobs({ pool, run }: Pick<JobPorts, 'pool' | 'run'>): Jobs {
  const store = createErasureStore(pool)
  const eraseEverywhere = createEraseEverywhere({
    store,
    leftovers: createErasureLeftovers(pool),
    run,
  })
  const stats = createStatsStore(pool)
  const erase: Job = {
    name: 'erase-users',
    queue: 'erasures',
    concurrency: 1,
    everyMs: LOOK_FOR_ERASURES_MS,
    isDue: () => store.isOpen(),
    run: (_data, signal) => eraseEverywhere(signal),
  }
  const sample: Job = {
    name: 'sample-stats',
    queue: 'upkeep',
    concurrency: 1,
    everyMs: SAMPLE_MS,
    run: () => stats.sample(),
  }
  return { jobs: [erase, sample], consumers: [] }
}
