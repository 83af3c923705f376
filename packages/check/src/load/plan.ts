import type { Via } from '../history/history-line.ts'
import { integerBetween, pick, seededRandom } from '../seeded-random.ts'

export interface PlannedRoom {
  readonly index: number
  readonly name: string
  /** Places in the list of users. The owner stays, so that somebody can always read everything. */
  readonly owner: number
  readonly members: readonly number[]
  readonly history: 'all' | 'since-join'
}

/** One client of one user. Those of one user are several devices. */
export interface PlannedDevice {
  readonly name: string
  readonly user: number
  readonly via: Via
  /** Where there is another version of the SDK, this one is of that. */
  readonly isPrevious: boolean
}

/** Who talks where, of one seed. */
export interface Plan {
  readonly seed: number
  readonly users: number
  readonly rooms: readonly PlannedRoom[]
  readonly devices: readonly PlannedDevice[]
}

export interface PlanSizes {
  readonly seed: number
  readonly clients: number
  readonly rooms: number
  /** People in a room, on average, but for the one of everybody. Half of them where it is not said. */
  readonly members?: number | undefined
}

/** In turns, so that each kind is there as soon as there are enough clients. */
const KINDS: readonly Via[] = [
  'sdk',
  'websocket',
  'polling',
  'http',
  'sdk-http',
  'sdk',
  'websocket',
  'sdk',
  'polling',
  'websocket',
]
const DEVICES_PER_USER = 1.6
const SINCE_JOIN_EVERY = 4

/** Room 0 is the hot one: everybody is in it. */
export const HOT_ROOM = 0

export function createPlan({ seed, clients, rooms, members }: PlanSizes): Plan {
  const random = seededRandom(`${seed} plan`)
  const users = Math.max(2, Math.round(clients / DEVICES_PER_USER))
  const share = members === undefined ? 0.5 : Math.max(0, members - 1) / Math.max(1, users - 1)
  const everybody = Array.from({ length: users }, (_, index) => index)
  let sdks = 0
  return {
    seed,
    users,
    rooms: Array.from({ length: rooms }, (_, index) => {
      const owner = pick(random, everybody)
      const isOfAll = index === HOT_ROOM
      const others = everybody.filter((user) => user !== owner && (isOfAll || random() < share))
      const isSinceJoin = index % SINCE_JOIN_EVERY === SINCE_JOIN_EVERY - 1
      return {
        index,
        name: isOfAll ? 'hot room' : `room ${index}`,
        owner,
        members: [owner, ...others],
        history: isSinceJoin ? 'since-join' : 'all',
      }
    }),
    devices: Array.from({ length: clients }, (_, index) => {
      const via = KINDS[index % KINDS.length] ?? 'sdk'
      const user = index < users ? index : integerBetween(random, 0, users - 1)
      const isPrevious = via.startsWith('sdk') && (sdks += 1) % 2 === 0
      return { name: `${via}-${index + 1}`, user, via, isPrevious }
    }),
  }
}
