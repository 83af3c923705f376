import { Counter } from '@parley/server-kit'
import { createStaleFileStore } from '../db/files/stale-file-store.ts'
import type { JobPorts, Jobs } from '../jobs/all-jobs.ts'
import type { Job } from '../jobs/job.ts'
import { createCollectFiles } from './collect-files.ts'
import { hasStorage, openStorage } from './open-storage.ts'

const COLLECT_EVERY_MS = 10 * 60_000

/** Files that nobody needs any more go by the clock. What is to do is in MySQL alone. */
export function fileJobs({
  config,
  pool,
  logger,
  metrics,
}: Pick<JobPorts, 'config' | 'pool' | 'logger' | 'metrics'>): Jobs {
  if (!hasStorage(config.storage)) return { jobs: [], consumers: [] }
  const collected = new Counter({
    name: 'parley_files_removed_total',
    help: 'Files that were removed because nothing showed them any more.',
    registers: [metrics],
  })
  const collectFiles = createCollectFiles({
    store: createStaleFileStore(pool),
    storage: openStorage(config.storage),
    logger,
    onCollected: () => collected.inc(),
  })
  const collect: Job = {
    name: 'collect-files',
    queue: 'upkeep',
    concurrency: 1,
    everyMs: COLLECT_EVERY_MS,
    run: (_data, signal) => collectFiles(signal),
  }
  return { jobs: [collect], consumers: [] }
}
