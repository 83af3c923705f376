import { invalid, LIMITS, ParleyError, type Room } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { BlockStore } from '../db/users/block-store.ts'
import type { MemberStore } from '../db/rooms/member-store.ts'
import type { RoomStore } from '../db/rooms/room-store.ts'
import type { UserStore } from '../db/users/user-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import type { GetRoom } from './get-room.ts'
import { memberSetHash } from './member-set-hash.ts'
import { refuseBlocked } from './refuse-blocked.ts'
import { requireUsers } from './require-users.ts'
import type { Grower, RoomGrowth } from './room-growth.ts'

export interface CreateDmPorts {
  readonly run: RunCommand
  readonly missingUsers: UserStore['missing']
  readonly blocks: Pick<BlockStore, 'whoBlocks'>
  readonly rooms: Pick<RoomStore, 'findByMembers'>
  readonly members: Pick<MemberStore, 'find'>
  readonly growth: Pick<RoomGrowth, 'allowRoom' | 'allowJoining'>
  readonly getRoom: GetRoom
}

export type CreateDm = (
  caller: Grower,
  userIds: readonly string[],
  /** Of a group that is not there yet. */
  name?: string,
) => Promise<Room>

function toMembers(userId: string, userIds: readonly string[]): string[] {
  const members = [...new Set([userId, ...userIds])]
  if (members.length < 2) {
    throw invalid('userIds', 'must name somebody else')
  }
  if (members.length > LIMITS.groupDmMembers) {
    throw new ParleyError('TOO_LARGE', {
      message: `userIds: a conversation has at most ${LIMITS.groupDmMembers} people`,
    })
  }
  return members
}

/** The set of people is the conversation: whoever of them asks, and however often, it is one room. */
export function createCreateDm(ports: CreateDmPorts): CreateDm {
  const { run, missingUsers, blocks, rooms, members, growth, getRoom } = ports

  /** Who left a group and opens it again comes back to it; a member stays as they are. */
  async function comeBack(caller: Grower, roomId: string): Promise<void> {
    const { userId } = caller
    if ((await members.find(roomId, userId)) !== null) return
    await growth.allowJoining(caller)
    const actor = { id: userId, kind: 'user' } as const
    await run({ kind: 'member:join', actor, roomId, userId, role: 'member' })
  }

  return async (caller, userIds, name) => {
    const { userId } = caller
    const people = toMembers(userId, userIds)
    const others = people.slice(1)
    if (name !== undefined && others.length === 1) {
      throw invalid('name', 'a conversation of two has none')
    }
    const hash = memberSetHash(people)
    // A conversation that is there is answered to whoever is in it, blocked or not.
    if ((await rooms.findByMembers(hash)) === null) {
      await requireUsers(missingUsers, others)
      await refuseBlocked(blocks, userId, others)
      await growth.allowRoom(caller, others)
    }
    const actor = { id: userId, kind: 'user' } as const
    const { roomId, created } = await run({
      kind: 'room:create',
      actor,
      roomId: uuidv7(),
      roomKind: others.length === 1 ? 'dm' : 'group',
      name: name ?? null,
      visibility: 'private',
      topic: null,
      history: 'all',
      memberIds: others,
      memberSetHash: hash,
    })
    if (!created) await comeBack(caller, roomId)
    return getRoom(userId, roomId)
  }
}
