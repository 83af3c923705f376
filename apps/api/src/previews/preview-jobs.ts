import { createPreviewStore } from '../db/messages/preview-store.ts'
import type { JobPorts, Jobs } from '../jobs/all-jobs.ts'
import type { Job, LogConsumer } from '../jobs/job.ts'
import { createGuardedFetch } from '../outgoing/guarded-fetch.ts'
import { findLinks } from '../room-log/find-links.ts'
import { createFetchPreview } from './fetch-preview.ts'
import { createPreviewLinks } from './preview-links.ts'

const NAME = 'preview-links'
const FORGET_EVERY_MS = 3_600_000
/** Most of the time they wait for others. */
const AT_ONCE = 8

/**
 * A preview is an extra: where Redis loses the job the message stays without one. That is the one
 * thing here that is not noted in MySQL first.
 */
export function previewJobs({
  config,
  pool,
  run,
  enqueue,
}: Pick<JobPorts, 'config' | 'pool' | 'run' | 'enqueue'>): Jobs {
  if (!config.linkPreviews) return { jobs: [], consumers: [] }
  const store = createPreviewStore(pool)
  const previewLinks = createPreviewLinks({
    store,
    run,
    fetchPreview: createFetchPreview(
      createGuardedFetch({ allowedHosts: config.previewAllowedHosts }),
    ),
  })
  const preview: Job<{ readonly roomId: string; readonly seq: number }> = {
    name: NAME,
    queue: 'previews',
    concurrency: AT_ONCE,
    run: ({ roomId, seq }) => previewLinks(roomId, seq),
  }
  const forget: Job = {
    name: 'forget-previews',
    queue: 'upkeep',
    concurrency: 1,
    everyMs: FORGET_EVERY_MS,
    run: () => store.forgetExpired(),
  }
  const consumer: LogConsumer = {
    name: NAME,
    async consume(ranges) {
      const texts = await store.textsIn(ranges)
      const linking = texts.filter(({ text }) => findLinks(text).length > 0)
      if (linking.length === 0) return
      await enqueue(
        NAME,
        linking.map(({ roomId, seq }) => ({ data: { roomId, seq }, onceId: `${roomId}-${seq}` })),
      )
    },
  }
  return { jobs: [preview, forget], consumers: [consumer] }
}
