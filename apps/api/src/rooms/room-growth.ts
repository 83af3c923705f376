import { LIMITS, ParleyError } from '@parley/message-schema'
import type { Caller } from '../auth/caller.ts'
import type { FindFull } from '../db/rooms/membership-count-store.ts'
import type { MinuteLimit } from '../http/minute-limit.ts'

/** Who makes rooms and fills them. A backend with an API key may as much as its key allows. */
export type Grower = Pick<Caller, 'userId' | 'viaKey'>

/**
 * How fast one person makes rooms and puts others into them, and how many rooms anybody is in: gateways
 * load the rooms of whoever connects, and nobody is asked before they are added.
 */
export interface RoomGrowth {
  /** Before a room is made with these others. Throws `RATE_LIMITED` or `REJECTED`. */
  readonly allowRoom: (caller: Grower, others: readonly string[]) => Promise<void>
  /** Before somebody else is added. Throws `RATE_LIMITED` or `REJECTED`. */
  readonly allowAdding: (caller: Grower, userId: string) => Promise<void>
  /** Before somebody comes by themselves. Throws `REJECTED`. */
  readonly allowJoining: (caller: Grower) => Promise<void>
}

export interface RoomGrowthPorts {
  readonly rooms: MinuteLimit
  readonly people: MinuteLimit
  readonly findFull: FindFull
}

export function createRoomGrowth({ rooms, people, findFull }: RoomGrowthPorts): RoomGrowth {
  async function requireSpace(callerId: string, userIds: readonly string[]): Promise<void> {
    const full = await findFull(userIds, LIMITS.roomsPerUser)
    if (full.length === 0) return
    const who = full.includes(callerId) ? 'You are' : 'Some of these people are'
    throw new ParleyError('REJECTED', {
      message: `${who} in ${LIMITS.roomsPerUser} rooms already: that is the most.`,
      details: { userIds: full },
    })
  }

  const isLimited = ({ viaKey }: Grower): boolean => viaKey === undefined

  return {
    async allowRoom(caller, others) {
      if (!isLimited(caller)) return
      rooms.take(caller.userId, 1)
      people.take(caller.userId, others.length)
      await requireSpace(caller.userId, [caller.userId, ...others])
    },

    async allowAdding(caller, userId) {
      if (!isLimited(caller)) return
      people.take(caller.userId, 1)
      await requireSpace(caller.userId, [userId])
    },

    async allowJoining(caller) {
      if (isLimited(caller)) await requireSpace(caller.userId, [caller.userId])
    },
  }
}
