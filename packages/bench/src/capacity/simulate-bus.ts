import { seededRandom } from '../seeded-random.ts'

export type Placement = 'random' | 'clustered'

export interface BusScenario {
  readonly gateways: number
  readonly rooms: number
  /** Members of a room who have a socket. */
  readonly onlineMembers: number
  /** Rooms of each user. */
  readonly roomsPerUser: number
  readonly placement: Placement
  readonly events: number
  readonly frameBytes: number
  readonly seed: number
}

/** What Redis does for one event of the log, on average. */
export interface BusCost {
  /** Commands that tell it: one, however many gateways there are. */
  readonly publishes: number
  /** Messages to subscribers: one a gateway that has a member. */
  readonly receivers: number
  readonly bytes: number
  /** What a broadcast to all gateways would take, as plain Socket.IO's adapter makes it. */
  readonly bytesIfAllHeard: number
}

/**
 * People and rooms are dealt out, gateways follow the channels of the rooms of their sockets, and events are
 * published: each is sent to whoever follows.
 */
export function simulateBus(scenario: BusScenario): BusCost {
  const random = seededRandom(scenario.seed)
  const pick = (below: number): number => Math.floor(random() * below)
  const users = Math.max(
    scenario.onlineMembers,
    Math.round((scenario.rooms * scenario.onlineMembers) / scenario.roomsPerUser),
  )
  const gatewayOf = Uint16Array.from({ length: users }, (_, user) =>
    scenario.placement === 'random'
      ? pick(scenario.gateways)
      : Math.floor((user / users) * scenario.gateways),
  )
  const following = Array.from({ length: scenario.rooms }, (_, room) => {
    const hosts = new Set<number>()
    for (const user of membersOf(room, users, scenario, pick)) hosts.add(gatewayOf[user] ?? 0)
    return hosts.size
  })
  let receivers = 0
  for (let event = 0; event < scenario.events; event += 1) {
    receivers += following[pick(scenario.rooms)] ?? 0
  }
  const mean = receivers / scenario.events
  return {
    publishes: 1,
    receivers: mean,
    bytes: mean * scenario.frameBytes,
    bytesIfAllHeard: scenario.gateways * scenario.frameBytes,
  }
}

/**
 * Who talks together knows each other: the members of a room are neighbours in one line of users. Whether that
 * helps depends on where the balancer has put them.
 */
function membersOf(
  room: number,
  users: number,
  { rooms, onlineMembers }: BusScenario,
  pick: (below: number) => number,
): Set<number> {
  const members = new Set<number>()
  const centre = Math.floor((room / rooms) * users)
  const reach = Math.min(users, 4 * onlineMembers)
  while (members.size < onlineMembers) members.add((centre + pick(reach)) % users)
  return members
}
