import type { UserStore } from '../db/users/user-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { requireUsers } from './require-users.ts'

export type RemoveMember = (callerId: string, roomId: string, userId: string) => Promise<void>

/**
 * Leaving, or removing somebody of a lower role. For who is gone already it changes nothing, so that
 * a retry is harmless; who is nobody at all is not found. The owner may leave too: a person cannot be held in a room, and the room log
 * passes it on.
 */
export const createRemoveMember =
  (run: RunCommand, missingUsers: UserStore['missing']): RemoveMember =>
  async (callerId, roomId, userId) => {
    const actor = { id: callerId, kind: 'user' } as const
    const { left } = await run({ kind: 'member:leave', actor, roomId, userId })
    if (!left) await requireUsers(missingUsers, [userId])
  }
