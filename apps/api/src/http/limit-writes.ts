import { ParleyError } from '@parley/message-schema'
import { TokenBuckets, type Rate } from '@parley/server-kit'
import type { RunCommand } from '../room-log/run-command.ts'
import type { OnLimit } from './rate-limits.ts'

const BUCKET = 'sends'
const USERS = 100_000
const WRITES = new Set(['message:send', 'message:edit', 'message:delete'])

/** What a person may write over REST: as much as over a socket. Each replica counts for itself. */
export function limitWrites(run: RunCommand, rate: Rate, onLimit: OnLimit): RunCommand {
  const buckets = new TokenBuckets(rate, USERS)
  return async (command) => {
    const waitMs = WRITES.has(command.kind) ? buckets.take(command.actor.id, Date.now()) : 0
    if (waitMs === 0) return run(command)
    onLimit(BUCKET)
    throw new ParleyError('RATE_LIMITED', {
      message: `That was too fast: at most ${rate.perSecond} a second, ${rate.burst} at once (${BUCKET}).`,
      retryAfterMs: waitMs,
      details: { bucket: BUCKET, ...rate },
    })
  }
}
