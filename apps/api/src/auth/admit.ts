import { ParleyError, Uuid } from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'
import { LRUCache } from 'lru-cache'
import type { EnsureHostUsers } from './host-users.ts'
import type { LivingSessions } from './living-sessions.ts'

export interface AdmitPorts {
  readonly sessions: LivingSessions
  readonly ensureHostUsers: EnsureHostUsers
}

export type Admit = (identity: Identity) => Promise<void>

/** A host's user is looked up again after this; what its tokens say anew is written at once. */
const KNOWN_FOR_MS = 30_000
const KNOWN_MAX = 50_000

/** A verified token says who one was when it was signed. This asks whether that still holds. */
export function createAdmit({ sessions, ensureHostUsers }: AdmitPorts): Admit {
  const knownHostUsers = new LRUCache<string, string>({ max: KNOWN_MAX, ttl: KNOWN_FOR_MS })

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

  return async ({ userId, sessionId, host }) => {
    if (host !== undefined) {
      await admitHostUser(userId, host)
      return
    }
    const id = Uuid.safeParse(sessionId)
    if (!id.success) throw new ParleyError('AUTH_INVALID')
    if (!(await sessions.isLiving(id.data, userId))) throw new ParleyError('AUTH_REVOKED')
  }
}
