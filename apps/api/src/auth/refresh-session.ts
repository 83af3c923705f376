import { ParleyError, type AuthSession } from '@parley/message-schema'
import type { SessionState, SessionStore } from '../db/users/session-store.ts'
import type { EndSession } from './end-session.ts'
import { refreshExpiry, toAuthSession, type SessionTerms } from './open-session.ts'
import { nextRefreshToken, readRefreshToken } from './refresh-token.ts'

export interface RefreshSessionPorts {
  readonly sessions: Pick<SessionStore, 'rotate' | 'find'>
  readonly endSession: EndSession
  readonly terms: SessionTerms
  /** Bytes that follow from a text, and that nobody else can tell. */
  readonly derive: (text: string) => Buffer
}

export type RefreshSession = (refreshToken: string) => Promise<AuthSession>

/** So long an answer that was lost is given again. */
const AGAIN_MS = 60_000

const isLostAnswer = ({ tokenHash, refreshedAt }: SessionState, hash: Buffer, now: Date): boolean =>
  tokenHash.equals(hash) && now.getTime() - refreshedAt.getTime() <= AGAIN_MS

/**
 * Each refresh token is exchanged for one other. Shown again within a minute it answers that one again, as long as that
 * was not used: its first answer may have been lost on the way. Later, or behind it, it was copied, by its owner or
 * by a thief, and nobody can tell by whom: the session ends for both (docs/decisions/0036).
 */
export function createRefreshSession(ports: RefreshSessionPorts): RefreshSession {
  const { sessions, endSession, terms, derive } = ports
  return async (refreshToken) => {
    const shown = readRefreshToken(refreshToken)
    if (shown === null) throw new ParleyError('AUTH_INVALID')
    const { sessionId } = shown
    const next = nextRefreshToken(refreshToken, sessionId, derive)
    const now = new Date()
    const expiresAt = refreshExpiry(terms, now)
    const rotation = { id: sessionId, from: shown.hash, to: next.hash, now, expiresAt }
    const isRotated = await sessions.rotate(rotation)
    const session = await sessions.find(sessionId)
    if (session === null) throw new ParleyError('AUTH_INVALID')
    const answer = (): AuthSession => toAuthSession(terms, session.user, sessionId, next.token)
    if (isRotated) return answer()
    if (session.isRevoked) throw new ParleyError('AUTH_REVOKED')
    if (session.expiresAt <= now) throw new ParleyError('AUTH_EXPIRED')
    if (isLostAnswer(session, next.hash, now)) return answer()
    await endSession(sessionId, session.user.id)
    throw new ParleyError('AUTH_REVOKED', { message: 'This refresh token was used before.' })
  }
}
