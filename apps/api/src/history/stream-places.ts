import { ParleyError } from '@parley/message-schema'

export interface StreamPlaces {
  /** Throws where there is none left; what it returns gives the place back. */
  readonly take: (userId: string, perUser?: number) => () => void
  readonly taken: () => number
}

const RETRY_MS = 5_000

/** A stream or an export holds a connection and looks at the database for as long as it lasts. */
export function createStreamPlaces(limits: {
  readonly perUser: number
  readonly all: number
  readonly what?: 'streams' | 'exports'
}): StreamPlaces {
  const { what = 'streams' } = limits
  const ofUser = new Map<string, number>()
  let all = 0
  return {
    take(userId, perUser = limits.perUser) {
      const own = ofUser.get(userId) ?? 0
      if (own >= perUser) {
        throw new ParleyError('RATE_LIMITED', {
          message: `You have ${own} ${what} open here: close one first.`,
          retryAfterMs: RETRY_MS,
          details: { limit: perUser },
        })
      }
      if (all >= limits.all) throw new ParleyError('SERVER_BUSY', { retryAfterMs: RETRY_MS })
      ofUser.set(userId, own + 1)
      all += 1
      return () => {
        all -= 1
        const left = (ofUser.get(userId) ?? 1) - 1
        if (left > 0) ofUser.set(userId, left)
        else ofUser.delete(userId)
      }
    },
    taken: () => all,
  }
}
