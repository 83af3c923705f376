import { ParleyError, Uuid } from '@parley/message-schema'
import type { LivingSessions } from './living-sessions.ts'
import type { UserStandings } from './user-standing.ts'

/** What has to be known of a caller to ask again later. */
export interface AdmittedCaller {
  readonly userId: string
  readonly sessionId?: string | undefined
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

export type StillAdmitted = (caller: AdmittedCaller) => Promise<void>

/** For what outlasts a request: whether the sign-in with which it began still holds. */
export function createStillAdmitted(ports: {
  readonly living: Pick<LivingSessions, 'isLiving'>
  readonly standings: Pick<UserStandings, 'of'>
}): StillAdmitted {
  const { living, standings } = ports
  return async ({ userId, sessionId, issuedAtMs, expiresAtMs }) => {
    if (expiresAtMs <= Date.now()) throw new ParleyError('AUTH_EXPIRED')
    const standing = await standings.of(userId)
    const isOut = standing?.isErased === true || issuedAtMs < (standing?.tokensValidAfterMs ?? 0)
    if (isOut) throw new ParleyError('AUTH_REVOKED')
    // Hosts' users and backends have no session here.
    const id = Uuid.safeParse(sessionId)
    if (id.success && !(await living.isLiving(id.data, userId)))
      throw new ParleyError('AUTH_REVOKED')
  }
}
