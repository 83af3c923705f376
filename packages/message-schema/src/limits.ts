// The longest text is 80,000 bytes in UTF-8, so a packet must hold more than the 64 KiB first planned.
/** Everything that is bounded on the wire, in one place for both sides. Units are in the names. */
export const LIMITS = {
  textCharacters: 20_000,
  payloadBytes: 16 * 1024,
  packetBytes: 256 * 1024,
  bodyBytes: 256 * 1024,
  mentionsPerMessage: 50,
  roomNameCharacters: 100,
  topicCharacters: 500,
  displayNameCharacters: 80,
  groupDmMembers: 50,
  sendsPerSecond: 5,
  sendBurst: 20,
  syncRooms: 500,
  syncEvents: 2_000,
  historyPage: 200,
  eventsPage: 256,
  waitMs: 25_000,
} as const

export type Limits = { readonly [K in keyof typeof LIMITS]: number }

/** Partitions of the command path: a room always maps to the same one, on every gateway. */
export const ROOM_PARTITIONS = 1_024

/** The header whose value the balancer hashes, so that a room's commands meet at one API replica. */
export const PARTITION_HEADER = 'x-parley-partition'
