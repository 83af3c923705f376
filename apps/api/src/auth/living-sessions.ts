import { createLruCache } from '@parley/server-kit'

/** A revoked session's access token may be good for this long at replicas that were not told. */
const KNOWN_FOR_MS = 2_000
const KNOWN_MAX = 50_000

export interface LivingSessions {
  /** The session is there, is this user's, and was not ended. */
  readonly isLiving: (sessionId: string, userId: string) => Promise<boolean>
  /** Ended here and now. */
  readonly forget: (sessionId: string) => void
}

/** Remembers only good answers: a session that was ended never comes back to life. */
export function createLivingSessions(
  find: (
    sessionId: string,
  ) => Promise<{ readonly userId: string; readonly isRevoked: boolean } | null>,
): LivingSessions {
  const known = createLruCache<string>({ max: KNOWN_MAX, ttl: KNOWN_FOR_MS })
  return {
    async isLiving(sessionId, userId) {
      if (known.get(sessionId) === userId) return true
      const session = await find(sessionId)
      if (session === null || session.isRevoked || session.userId !== userId) return false
      known.set(sessionId, userId)
      return true
    },
    forget: (sessionId) => {
      known.delete(sessionId)
    },
  }
}
