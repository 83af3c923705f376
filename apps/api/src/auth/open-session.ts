import type { AuthSession, User } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { SessionStore } from '../db/users/session-store.ts'
import { makeRefreshToken } from './refresh-token.ts'

export interface SessionTerms {
  readonly sign: (userId: string, sessionId: string, ttlSeconds: number) => string
  readonly accessTtlS: number
  readonly refreshTtlS: number
}

/** What somebody who signed in is handed. */
export function toAuthSession(
  terms: SessionTerms,
  user: User,
  sessionId: string,
  refreshToken: string,
): AuthSession {
  const accessToken = terms.sign(user.id, sessionId, terms.accessTtlS)
  // A second early rather than late: the token itself counts in whole seconds.
  const expiresAtMs = Math.floor(Date.now() / 1_000 + terms.accessTtlS) * 1_000
  return { user, accessToken, refreshToken, expiresAt: new Date(expiresAtMs).toISOString() }
}

export const refreshExpiry = (terms: SessionTerms, now: Date): Date =>
  new Date(now.getTime() + terms.refreshTtlS * 1_000)

export type OpenSession = (user: User) => Promise<AuthSession>

export function createOpenSession(
  sessions: Pick<SessionStore, 'create'>,
  terms: SessionTerms,
): OpenSession {
  return async (user) => {
    const { sessionId, token, hash } = makeRefreshToken(uuidv7())
    const expiresAt = refreshExpiry(terms, new Date())
    await sessions.create({ id: sessionId, userId: user.id, tokenHash: hash, expiresAt })
    return toAuthSession(terms, user, sessionId, token)
  }
}
