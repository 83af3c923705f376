import { ParleyError } from '@parley/message-schema'

/** Uploads at the same time, of this replica: each holds a connection and a few megabytes. */
const AT_ONCE = 64
const AT_ONCE_PER_USER = 8
const RETRY_MS = 2_000

export interface UploadTurns {
  /** Throws `RATE_LIMITED` to somebody with too many under way, `SERVER_BUSY` when all are taken. */
  readonly take: <Result>(userId: string, work: () => Promise<Result>) => Promise<Result>
}

export function createUploadTurns(): UploadTurns {
  const running = new Map<string, number>()
  let all = 0
  return {
    async take(userId, work) {
      const own = running.get(userId) ?? 0
      if (own >= AT_ONCE_PER_USER) {
        throw new ParleyError('RATE_LIMITED', {
          message: `At most ${AT_ONCE_PER_USER} uploads at the same time.`,
          retryAfterMs: RETRY_MS,
        })
      }
      if (all >= AT_ONCE) throw new ParleyError('SERVER_BUSY', { retryAfterMs: RETRY_MS })
      running.set(userId, own + 1)
      all += 1
      try {
        return await work()
      } finally {
        all -= 1
        const left = (running.get(userId) ?? 1) - 1
        if (left === 0) running.delete(userId)
        else running.set(userId, left)
      }
    },
  }
}
