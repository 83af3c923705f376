import type { Job } from '../jobs/job.ts'
import { createEraseOld, type RetentionPorts } from './erase-old.ts'

/** Bodies go within so much of their day. */
const EVERY_MS = 15 * 60_000

export function createRetentionJobs(ports: RetentionPorts): readonly Job<never>[] {
  const eraseOld = createEraseOld(ports)
  return [
    {
      name: 'retention',
      queue: 'retention',
      concurrency: 1,
      everyMs: EVERY_MS,
      run: (_data, signal) => eraseOld(signal),
    },
  ]
}
