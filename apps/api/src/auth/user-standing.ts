import { createLruCache } from '@parley/server-kit'

/** A user who was signed out everywhere may be let in for this long at replicas that were not told. */
const KNOWN_FOR_MS = 2_000
const KNOWN_MAX = 50_000

export interface UserStanding {
  /** A host's tokens that were issued before are refused. 0: none are. */
  readonly tokensValidAfterMs: number
  readonly isErased: boolean
}

export interface UserStandings {
  /** `null` for somebody who is not there. */
  readonly of: (userId: string) => Promise<UserStanding | null>
  /** Changed here: looked up again. */
  readonly forget: (userId: string) => void
}

export function createUserStandings(
  find: (userId: string) => Promise<UserStanding | null>,
): UserStandings {
  const known = createLruCache<UserStanding>({ max: KNOWN_MAX, ttl: KNOWN_FOR_MS })
  return {
    async of(userId) {
      const standing = known.get(userId) ?? (await find(userId))
      if (standing !== null && !known.has(userId)) known.set(userId, standing)
      return standing
    },
    forget: (userId) => {
      known.delete(userId)
    },
  }
}
