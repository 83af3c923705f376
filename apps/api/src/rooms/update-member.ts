import { ParleyError, type Member, type MemberRole } from '@parley/message-schema'
import type { MemberStore } from '../db/rooms/member-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'

export type UpdateMember = (
  callerId: string,
  roomId: string,
  userId: string,
  role: MemberRole,
) => Promise<Member>

export const createUpdateMember =
  (run: RunCommand, members: Pick<MemberStore, 'find'>): UpdateMember =>
  async (callerId, roomId, userId, role) => {
    const actor = { id: callerId, kind: 'user' } as const
    await run({ kind: 'member:update', actor, roomId, userId, role })
    const member = await members.find(roomId, userId)
    // Gone in this very moment.
    if (member === null) throw new ParleyError('CONFLICT')
    return member
  }
