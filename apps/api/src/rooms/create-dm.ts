import { LIMITS, ParleyError, type Room } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { UserStore } from '../db/user-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import type { GetRoom } from './get-room.ts'
import { memberSetHash } from './member-set-hash.ts'

export interface CreateDmPorts {
  readonly run: RunCommand
  readonly missingUsers: UserStore['missing']
  readonly getRoom: GetRoom
}

export type CreateDm = (userId: string, userIds: readonly string[]) => Promise<Room>

function toMembers(userId: string, userIds: readonly string[]): string[] {
  const members = [...new Set([userId, ...userIds])]
  if (members.length < 2) {
    throw new ParleyError('INVALID', { message: 'userIds: must name somebody else' })
  }
  if (members.length > LIMITS.groupDmMembers) {
    throw new ParleyError('TOO_LARGE', {
      message: `userIds: a conversation has at most ${LIMITS.groupDmMembers} people`,
    })
  }
  return members
}

/** The set of people is the conversation: whoever of them asks, and however often, it is one room. */
export function createCreateDm({ run, missingUsers, getRoom }: CreateDmPorts): CreateDm {
  return async (userId, userIds) => {
    const members = toMembers(userId, userIds)
    const others = members.slice(1)
    const missing = await missingUsers(others)
    if (missing.length > 0) {
      throw new ParleyError('NOT_FOUND', {
        message: 'Some of these people do not exist.',
        details: { userIds: missing },
      })
    }
    const actor = { id: userId, kind: 'user' } as const
    const { roomId, created } = await run({
      kind: 'room:create',
      actor,
      roomId: uuidv7(),
      roomKind: others.length === 1 ? 'dm' : 'group',
      name: null,
      visibility: 'private',
      topic: null,
      history: 'all',
      memberIds: others,
      memberSetHash: memberSetHash(members),
    })
    // Who left a group and opens it again comes back to it; a member stays as they are.
    if (!created) await run({ kind: 'member:join', actor, roomId, userId, role: 'member' })
    return getRoom(userId, roomId)
  }
}
