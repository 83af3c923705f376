import { onlineMembers, roomsPerUser, type Demand, type Supply } from './demand.ts'
import type { Constants } from './measured-constants.ts'
import { expectedHosts } from './placement.ts'

/** Everybody of `storm` comes back at once, and each of their rooms has moved meanwhile. */
export interface StormLoad {
  readonly sockets: number
  /** Until all are caught up. */
  readonly seconds: number
  readonly because: string
  /** How often a room is read from the log, by gateways that have heard nothing of what was missed. */
  readonly roomReads: number
}

export interface StormServers {
  readonly gateways: number
  readonly apis: number
}

/**
 * Everybody asks for the rooms that they are in, and a gateway keeps what it has read of a room for all who come
 * later: so each reads each of its rooms once, however many come.
 */
export const stormRoomReads = (demand: Demand, gateways: number): number =>
  demand.rooms * expectedHosts(onlineMembers(demand) * demand.storm, gateways)

/** The official client comes back after 0.5 to 1.5 s. */
const CLIENTS_WAIT_S = 1.5

export function stormLoad(
  demand: Demand,
  supply: Supply,
  { gateways, apis }: StormServers,
  c: Constants,
): StormLoad {
  const sockets = demand.sockets * demand.storm
  const each = sockets / gateways
  const states = sockets * (roomsPerUser(demand) / 20)
  const roomReads = stormRoomReads(demand, gateways)
  const takes: readonly (readonly [because: string, seconds: number])[] = [
    [`a gateway admits ${c.handshakesPerSecond} handshakes/s`, each / c.handshakesPerSecond],
    ['handshakes take the gateways’ processors', (each * c.handshakeMs) / 1_000],
    [
      'rooms and users are read by the APIs',
      (states * c.apiUserMs + roomReads * c.apiRangeMs) / 1_000 / apis,
    ],
    [
      'rooms and users are read from MySQL',
      (states * c.dbUserMs + roomReads * c.dbRangeMs) / 1_000 / supply.mysqlCores,
    ],
  ]
  const [because, seconds] = takes.reduce((worst, one) => (one[1] > worst[1] ? one : worst))
  return { sockets, seconds: seconds + CLIENTS_WAIT_S, because, roomReads }
}
