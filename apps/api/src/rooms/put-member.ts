import { ParleyError, type Member, type MemberRole } from '@parley/message-schema'
import type { BlockStore } from '../db/users/block-store.ts'
import type { MemberStore } from '../db/rooms/member-store.ts'
import type { UserStore } from '../db/users/user-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { refuseBlocked } from './refuse-blocked.ts'
import { requirePermission } from './require-standing.ts'
import { requireUsers } from './require-users.ts'
import type { Grower, RoomGrowth } from './room-growth.ts'

export interface PutMemberPorts {
  readonly members: Pick<MemberStore, 'standing' | 'find'>
  readonly missingUsers: UserStore['missing']
  readonly blocks: Pick<BlockStore, 'whoBlocks'>
  readonly growth: Pick<RoomGrowth, 'allowAdding' | 'allowJoining'>
  readonly run: RunCommand
}

export type PutMember = (
  caller: Grower,
  roomId: string,
  userId: string,
  role: MemberRole | undefined,
) => Promise<Member>

/**
 * Joining oneself or adding somebody. For who is a member already it changes nothing, but for a role
 * that is named: that is set as `PATCH` sets it. Whether it may be is decided by the room log; what it
 * cannot know is asked before: who exists, and who blocks whom.
 */
export function createPutMember(ports: PutMemberPorts): PutMember {
  const { members, missingUsers, blocks, growth, run } = ports

  async function add(
    caller: Grower,
    roomId: string,
    userId: string,
    role: MemberRole | undefined,
  ): Promise<boolean> {
    const { userId: callerId } = caller
    if (callerId !== userId) {
      await requirePermission(members, roomId, callerId, 'members:add')
      await requireUsers(missingUsers, [userId])
      await refuseBlocked(blocks, callerId, [userId])
    }
    if ((await members.find(roomId, userId)) === null) {
      await (callerId === userId ? growth.allowJoining(caller) : growth.allowAdding(caller, userId))
    }
    const actor = { id: callerId, kind: 'user' } as const
    const { joined } = await run({
      kind: 'member:join',
      actor,
      roomId,
      userId,
      role: role ?? 'member',
    })
    return joined
  }

  return async (caller, roomId, userId, role) => {
    const isThere = role !== undefined && (await members.find(roomId, userId)) !== null
    // Somebody who came in this very moment came with another role perhaps.
    const isAdded = !isThere && (await add(caller, roomId, userId, role))
    if (!isAdded && role !== undefined) {
      const actor = { id: caller.userId, kind: 'user' } as const
      await run({ kind: 'member:update', actor, roomId, userId, role })
    }
    const member = await members.find(roomId, userId)
    // Removed again in this very moment.
    if (member === null) throw new ParleyError('CONFLICT')
    return member
  }
}
