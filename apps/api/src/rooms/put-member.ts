import { ParleyError, type Member, type MemberRole } from '@parley/message-schema'
import type { MemberStore, Standing } from '../db/member-store.ts'
import type { UserStore } from '../db/user-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { can, canGrant, canJoinAs } from './permissions.ts'
import { requireActive, requireStanding } from './require-standing.ts'

export interface PutMemberPorts {
  readonly members: Pick<MemberStore, 'standing' | 'find'>
  readonly missingUsers: UserStore['missing']
  readonly run: RunCommand
}

export type PutMember = (
  callerId: string,
  roomId: string,
  userId: string,
  role: MemberRole | undefined,
) => Promise<Member>

function checkJoin({ visibility, member }: Standing, role: MemberRole): void {
  // Known to who was a member once, closed until somebody adds them again.
  if (visibility !== 'public') throw new ParleyError(member === null ? 'NOT_FOUND' : 'NOT_MEMBER')
  if (!canJoinAs(role)) throw new ParleyError('FORBIDDEN')
}

function checkAdd(standing: Standing, role: MemberRole): void {
  const own = requireActive(standing)
  if (!can(own.role, 'members:add') || !canGrant(own.role, role)) throw new ParleyError('FORBIDDEN')
}

/** Joining oneself or adding somebody. For who is a member already it changes nothing. */
export function createPutMember({ members, missingUsers, run }: PutMemberPorts): PutMember {
  async function requireUser(userId: string): Promise<void> {
    const missing = await missingUsers([userId])
    if (missing.length > 0) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such user.' })
    }
  }

  return async (callerId, roomId, userId, role = 'member') => {
    const standing = await requireStanding(members, roomId, callerId)
    if (standing.kind !== 'room') {
      throw new ParleyError('FORBIDDEN', {
        message: 'A conversation has the people it began with.',
      })
    }
    const isSelf = callerId === userId
    const isActive = standing.member?.isActive === true
    if (!(isSelf && isActive)) {
      if (isSelf) checkJoin(standing, role)
      else {
        checkAdd(standing, role)
        await requireUser(userId)
      }
      await run({
        kind: 'member:join',
        actor: { id: callerId, kind: 'user' },
        roomId,
        userId,
        role,
      })
    }
    const member = await members.find(roomId, userId)
    // Removed again in this very moment.
    if (member === null) throw new ParleyError('CONFLICT')
    return member
  }
}
