import { ParleyError } from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'
import type { SessionStore } from '../db/users/session-store.ts'
import type { LivingSessions } from './living-sessions.ts'

export interface EndSessionPorts {
  readonly sessions: Pick<SessionStore, 'revoke'>
  readonly living: LivingSessions
  /** After the commit: gateways end the sockets. Lost news is repaired by the user's version. */
  readonly notifyUsers: (userIds: string[]) => void
}

export type EndSession = (sessionId: string, userId: string) => Promise<void>

export function createEndSession({ sessions, living, notifyUsers }: EndSessionPorts): EndSession {
  return async (sessionId, userId) => {
    await sessions.revoke(sessionId, userId, new Date())
    living.forget(sessionId)
    notifyUsers([userId])
  }
}

export type Logout = (identity: Identity) => Promise<void>

export function createLogout(endSession: EndSession): Logout {
  return async ({ sessionId, userId }) => {
    // Answering 204 would be a lie: we cannot take back what the host application signed.
    if (sessionId === undefined) {
      throw new ParleyError('FORBIDDEN', {
        message: 'This session is the host application\u2019s: sign out there.',
      })
    }
    await endSession(sessionId, userId)
  }
}
