import { ParleyError } from '@parley/message-schema'
import type { MemberStore, Standing } from '../db/member-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { can, outranks } from './permissions.ts'
import { requireActive, requireStanding } from './require-standing.ts'

export interface RemoveMemberPorts {
  readonly members: Pick<MemberStore, 'standing'>
  readonly run: RunCommand
}

export type RemoveMember = (callerId: string, roomId: string, userId: string) => Promise<void>

function checkRemoval(caller: Standing, target: Standing | null): void {
  const { role } = requireActive(caller)
  if (caller.kind !== 'room' || !can(role, 'members:remove')) throw new ParleyError('FORBIDDEN')
  if (target === null || target.member === null) {
    throw new ParleyError('NOT_FOUND', { message: 'This person is not in the room.' })
  }
  if (target.member.isActive && !outranks(role, target.member.role)) {
    throw new ParleyError('FORBIDDEN')
  }
}

/**
 * Leaving, or removing somebody of a lower role. For who is gone already it changes nothing, so that
 * a retry is harmless. The owner may leave too: a person cannot be held in a room, and the room goes
 * on with its admins.
 */
export function createRemoveMember({ members, run }: RemoveMemberPorts): RemoveMember {
  return async (callerId, roomId, userId) => {
    const caller = await requireStanding(members, roomId, callerId)
    if (caller.kind === 'dm') {
      throw new ParleyError('FORBIDDEN', { message: 'Nobody leaves a conversation of two.' })
    }
    if (callerId === userId) {
      if (caller.member === null) throw new ParleyError('NOT_MEMBER')
    } else checkRemoval(caller, await members.standing(roomId, userId))
    await run({ kind: 'member:leave', actor: { id: callerId, kind: 'user' }, roomId, userId })
  }
}
