import { ParleyError } from '@parley/message-schema'
import type { SavedSession } from './saved-session.ts'

export interface AccessTokenPorts {
  readonly read: () => SavedSession | null
  readonly write: (session: SavedSession) => void
  /** Each refresh token works once: a second use ends the session. */
  readonly refresh: (refreshToken: string) => Promise<SavedSession>
  /** Runs one at a time among all tabs of this browser. */
  readonly exclusively: <T>(run: () => Promise<T>) => Promise<T>
  readonly now: () => number
}

export interface AccessToken {
  /** A token that is good for a while yet. */
  readonly current: () => Promise<string>
  /** A token other than `stale`, which was refused or is about to end. */
  readonly renew: (stale: string) => Promise<string>
}

const MARGIN_MS = 10_000

export function createAccessToken(ports: AccessTokenPorts): AccessToken {
  const session = (): SavedSession => {
    const saved = ports.read()
    if (saved === null) throw new ParleyError('AUTH_REQUIRED')
    return saved
  }

  const renew = (stale: string): Promise<string> =>
    ports.exclusively(async () => {
      const saved = session()
      // Another tab was faster: its refresh token is the one that is good now.
      if (saved.accessToken !== stale) return saved.accessToken
      const renewed = await ports.refresh(saved.refreshToken)
      ports.write(renewed)
      return renewed.accessToken
    })

  return {
    async current() {
      const { accessToken, expiresAt } = session()
      return Date.parse(expiresAt) - ports.now() > MARGIN_MS ? accessToken : renew(accessToken)
    },
    renew,
  }
}

/** Web Locks need a secure context; without them each tab is on its own. */
export function createExclusive(name: string): AccessTokenPorts['exclusively'] {
  let last: Promise<unknown> = Promise.resolve()
  return async (run) => {
    const locks = (navigator as Partial<Navigator>).locks
    if (locks !== undefined) return await locks.request(name, run)
    const result = last.then(run, run)
    last = result
    return result
  }
}
