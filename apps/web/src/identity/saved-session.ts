import type { AuthSession, User } from '@parley/message-schema'

export type SavedSession = Pick<AuthSession, 'accessToken' | 'refreshToken' | 'expiresAt'> & {
  readonly user: User
}

const KEY = 'parley.session'

/** Tokens of this browser. All its tabs share them, so each use reads them anew. */
export const savedSession = {
  read(): SavedSession | null {
    try {
      const saved: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
      return isSession(saved) ? saved : null
    } catch {
      // Storage may be forbidden, or hold what another version left there.
      return null
    }
  },
  write(session: SavedSession): void {
    localStorage.setItem(KEY, JSON.stringify(session))
  },
  forget(): void {
    localStorage.removeItem(KEY)
  },
}

function isSession(saved: unknown): saved is SavedSession {
  return typeof saved === 'object' && saved !== null && 'refreshToken' in saved && 'user' in saved
}
