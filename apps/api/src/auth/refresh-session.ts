import { ParleyError, type AuthSession } from '@parley/message-schema'
import type { SessionStore } from '../db/users/session-store.ts'
import type { EndSession } from './end-session.ts'
import { refreshExpiry, toAuthSession, type SessionTerms } from './open-session.ts'
import { makeRefreshToken, readRefreshToken } from './refresh-token.ts'

export interface RefreshSessionPorts {
  readonly sessions: Pick<SessionStore, 'rotate' | 'find'>
  readonly endSession: EndSession
  readonly terms: SessionTerms
}

export type RefreshSession = (refreshToken: string) => Promise<AuthSession>

/**
 * Each refresh token works once. One that is shown again was copied, by its owner or by a thief, and
 * nobody can tell by whom: the session ends for both. That is strict also when the answer to a first
 * refresh was lost on the way: its owner signs in again.
 */
export function createRefreshSession(ports: RefreshSessionPorts): RefreshSession {
  const { sessions, endSession, terms } = ports
  return async (refreshToken) => {
    const shown = readRefreshToken(refreshToken)
    if (shown === null) throw new ParleyError('AUTH_INVALID')
    const { sessionId } = shown
    const next = makeRefreshToken(sessionId)
    const now = new Date()
    const expiresAt = refreshExpiry(terms, now)
    const rotation = { id: sessionId, from: shown.hash, to: next.hash, now, expiresAt }
    const isRotated = await sessions.rotate(rotation)
    const session = await sessions.find(sessionId)
    if (session === null) throw new ParleyError('AUTH_INVALID')
    if (isRotated) return toAuthSession(terms, session.user, sessionId, next.token)
    if (session.isRevoked) throw new ParleyError('AUTH_REVOKED')
    if (session.expiresAt <= now) throw new ParleyError('AUTH_EXPIRED')
    await endSession(sessionId, session.user.id)
    throw new ParleyError('AUTH_REVOKED', { message: 'This refresh token was used before.' })
  }
}
