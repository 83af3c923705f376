/** What people do, in numbers that a team knows or can guess. */
export interface Demand {
  /** At the busiest time. */
  readonly sockets: number
  readonly rooms: number
  /** Members of a room on average, with and without a socket. */
  readonly members: number
  /** Members of the largest room. */
  readonly largestRoom: number
  /** Share of the members who have a socket at the busiest time. */
  readonly online: number
  readonly messagesPerSecond: number
  /** Bytes of text in a message. */
  readonly messageBytes: number
  /** How often a user who is online moves a read position, an hour. */
  readonly readsPerUserHour: number
  /** How often a user comes, goes, is idle or is back, an hour. */
  readonly presencePerUserHour: number
  /** Users whose presence one socket watches. */
  readonly watched: number
  /** How long a socket lives on average. */
  readonly minutesOnline: number
  /** Share of the sockets that come back at once, after the worst that is to be stood. */
  readonly storm: number
}

/** What it is to run on. */
export interface Supply {
  /** Share of a core that is planned to be used when it is busiest. */
  readonly load: number
  readonly gatewayMemoryMb: number
  /** File descriptors of a gateway (`ulimit -n`). */
  readonly files: number
  readonly headsIntervalMs: number
  readonly mysqlCores: number
  /** Gateways, APIs and workers more than needed, so that one may be replaced. */
  readonly spare: number
  /** Of a machine that runs gateways, APIs and workers. */
  readonly machineCores: number
}

export const usersOf = ({ sockets, online }: Demand): number => sockets / online
export const roomsPerUser = (demand: Demand): number =>
  (demand.rooms * demand.members) / usersOf(demand)
/** Members of a room who have a socket. */
export const onlineMembers = ({ members, online }: Demand): number => members * online
export const readsPerSecond = ({ sockets, readsPerUserHour }: Demand): number =>
  (sockets * readsPerUserHour) / 3_600
export const presencePerSecond = ({ sockets, presencePerUserHour }: Demand): number =>
  (sockets * presencePerUserHour) / 3_600

/** In proportion to its members: nobody says more because a room is large. */
export const messagesInLargest = (demand: Demand): number =>
  demand.messagesPerSecond * Math.min(1, demand.largestRoom / (demand.rooms * demand.members))

/** One of several clusters beside each other that share nothing; the largest room stays whole. */
export function partOf(demand: Demand, clusters: number): Demand {
  const sockets = demand.sockets / clusters
  return {
    ...demand,
    sockets,
    rooms: demand.rooms / clusters,
    messagesPerSecond: demand.messagesPerSecond / clusters,
    largestRoom: Math.min(demand.largestRoom, sockets / demand.online),
  }
}
