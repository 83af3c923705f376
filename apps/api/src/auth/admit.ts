import { createLruCache } from '@parley/server-kit'
import { ParleyError, Uuid } from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'
import type { EnsureHostUsers } from './host-users.ts'
import type { LivingSessions } from './living-sessions.ts'
import type { UserStandings } from './user-standing.ts'

export interface AdmitPorts {
  readonly sessions: LivingSessions
  readonly ensureHostUsers: EnsureHostUsers
  readonly standings: UserStandings
}

export type Admit = (identity: Identity) => Promise<void>

/** A host's user is looked up again after this; what its tokens say anew is written at once. */
const KNOWN_FOR_MS = 30_000
const KNOWN_MAX = 50_000

/** A verified token says who one was when it was signed. This asks whether that still holds. */
export function createAdmit({ sessions, ensureHostUsers, standings }: AdmitPorts): Admit {
  const knownHostUsers = createLruCache<string>({ max: KNOWN_MAX, ttl: KNOWN_FOR_MS })

  async function admitHostUser(id: string, host: NonNullable<Identity['host']>): Promise<void> {
    const said = JSON.stringify([host.displayName, host.avatarUrl])
    if (knownHostUsers.get(id) === said) return
    const refused = await ensureHostUsers([{ id, host }])
    if (refused.has(id)) {
      throw new ParleyError('AUTH_INVALID', {
        message: 'This user id belongs to an account that the host application does not own.',
      })
    }
    knownHostUsers.set(id, said)
  }

  /** A token says its second, not its moment: one of the second of the signing out is refused too. */
  async function requireStanding(userId: string, issuedAtMs: number): Promise<void> {
    const standing = await standings.of(userId)
    if (standing?.isErased === true || issuedAtMs < (standing?.tokensValidAfterMs ?? 0)) {
      throw new ParleyError('AUTH_REVOKED')
    }
  }

  return async ({ userId, sessionId, issuedAtMs, host }) => {
    if (host !== undefined) {
      await requireStanding(userId, issuedAtMs)
      await admitHostUser(userId, host)
      return
    }
    const id = Uuid.safeParse(sessionId)
    if (!id.success) throw new ParleyError('AUTH_INVALID')
    if (!(await sessions.isLiving(id.data, userId))) throw new ParleyError('AUTH_REVOKED')
  }
}
