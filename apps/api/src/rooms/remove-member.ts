import type { RunCommand } from '../room-log/run-command.ts'

export type RemoveMember = (callerId: string, roomId: string, userId: string) => Promise<void>

/**
 * Leaving, or removing somebody of a lower role. For who is gone already it changes nothing, so that
 * a retry is harmless. The owner may leave too: a person cannot be held in a room, and the room log
 * passes it on.
 */
export const createRemoveMember =
  (run: RunCommand): RemoveMember =>
  async (callerId, roomId, userId) => {
    await run({ kind: 'member:leave', actor: { id: callerId, kind: 'user' }, roomId, userId })
  }
