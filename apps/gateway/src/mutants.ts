import type { UserRoom, UserStates } from '@parley/message-schema'
import type { Mutant } from '@parley/server-kit'
import type { ApiClient } from './api-client/api-client.ts'
import type { RoomFeedPorts } from './room-feed/room-feed.ts'

type Deliver = RoomFeedPorts['deliver']

export interface MutantPorts {
  readonly mutants: ReadonlySet<Mutant>
  readonly isServing: () => boolean
}

/**
 * What a gateway is made of, with the guarantees broken that a test asked for, so that it is seen that
 * checks find it. Without any, each part is what was given: nothing is in its way.
 */
export const breakDeliver = (deliver: Deliver, { mutants, isServing }: MutantPorts): Deliver => {
  if (mutants.has('coalescer-reorders')) {
    return (roomId, events, head) => deliver(roomId, events.toReversed(), head)
  }
  if (!mutants.has('drain-drops')) return deliver
  let packets = 0
  return (...packet) => {
    packets += 1
    if (isServing() || packets % 2 === 0) deliver(...packet)
  }
}

export function breakRepair(
  { mutants }: MutantPorts,
  parts: Pick<RoomFeedPorts, 'fetchAfter'> & Pick<ApiClient, 'reconcile'>,
): typeof parts {
  if (!mutants.has('no-repair')) return parts
  return {
    fetchAfter: async (_, head) => ({ head, memberVersion: 0, events: [] }),
    reconcile: async (known) => ({ ...(await parts.reconcile(known)), rooms: {} }),
  }
}

type FetchStates = ApiClient['fetchUserStates']

export function breakMembership(
  { mutants }: MutantPorts,
  parts: Pick<RoomFeedPorts, 'memberLeft'> & { readonly fetchStates: FetchStates },
): typeof parts {
  if (!mutants.has('membership-check-off')) return parts
  const everIn = new Map<string, Map<string, UserRoom>>()
  const remember = (userId: string, rooms: readonly UserRoom[]): UserRoom[] => {
    const known = everIn.get(userId) ?? new Map<string, UserRoom>()
    everIn.set(userId, known)
    for (const room of rooms) known.set(room.roomId, room)
    return [...known.values()]
  }
  return {
    memberLeft: () => undefined,
    async fetchStates(users): Promise<UserStates> {
      const states = await parts.fetchStates(users)
      const kept = Object.entries(states.users).map(([id, state]) => [
        id,
        { ...state, rooms: remember(id, state.rooms) },
      ])
      return { ...states, users: Object.fromEntries(kept) as UserStates['users'] }
    },
  }
}
