/** What the model counts with. A figure that was not measured says so; measure again, and replace it here. */
export interface Constant {
  readonly value: number
  readonly unit: string
  /** Where it was measured, and by which command; of an estimate, what it was concluded from. */
  readonly from: string
  readonly isEstimate?: true
}

const measured = (value: number, unit: string, from: string): Constant => ({ value, unit, from })
const estimate = (value: number, unit: string, from: string): Constant => ({
  value,
  unit,
  from,
  isEstimate: true,
})

const IDLE = 'npm run scoreboard -- --only idle, 2 cores, Node 20.20'
const FANOUT = '50 messages/s into a room of 1,000 on 2 gateways, one transaction a message'
const BUS = 'npm run capacity -- --measure bus, clusters of 1, 2 and 4 gateways'
const REDIS = 'INFO cpu of a Redis 7.0 of its own, commands of one client'
const STORED = 'sizes of the tables after 20,000 messages of 200 bytes in 100 rooms, MariaDB 10.11'
const CODE = 'read from the code'

const GATEWAY = {
  socketHeapKb: measured(12.1, 'KB a socket', IDLE),
  socketRoomHeapKb: measured(0.26, 'KB a socket and room', `${IDLE}: 17.3 KB in 20 rooms`),
  socketKernelKb: estimate(8, 'KB a socket', 'buffers of an idle TCP connection'),
  gatewayBaseMb: estimate(110, 'MB a gateway', 'a process without sockets'),
  feedKb: estimate(1.5, 'KB a room a gateway', 'one feed, its maps and channel names'),
  ringEventKb: measured(
    0.31,
    'KB an event, without its text',
    'heap of 100,000 parsed news, Node 20.20',
  ),
  ringEvents: measured(384, 'events a full ring', `${CODE}: event-ring.ts keeps 256 to 511`),
  handshakeMs: measured(1.8, 'ms CPU a handshake', 'handshakes of 10,000 sockets, 20 rooms each'),
  handshakesPerSecond: measured(300, 'handshakes/s a gateway', `${CODE}: HANDSHAKES_PER_SECOND`),
  deliveryUs: measured(7, 'µs CPU a packet and socket', `${FANOUT}: 4 to 7`),
  windowMsPerSocket: measured(0.76, 'ms a local socket', `${CODE}: config.ts of the gateway`),
  floodPerSecond: measured(100, 'messages', `${CODE}: room-feed.ts of the gateway`),
  floodFactor: measured(2, 'windows', `${CODE}: room-feeds.ts of the gateway`),
  windowMs: measured(76, 'ms at most', `${CODE}: FANOUT_WINDOW_MS`),
  windowFromMs: measured(2, 'ms', `${CODE}: flush-window.ts; shorter ones are none`),
  eventUs: estimate(150, 'µs CPU an event a gateway hears of', 'reading, parsing, one packet'),
  commandUs: estimate(400, 'µs CPU a command', 'reading, checking, asking the API, answering'),
  heardReadUs: estimate(25, 'µs CPU', 'one read position of anybody, by the adapter'),
  pingUs: estimate(30, 'µs CPU a ping and pong', 'a small packet each way'),
  pingEveryS: measured(20, 's', `${CODE}: create-server.ts`),
  beaconUs: estimate(15, 'µs CPU a room:heads packet', 'a packet through Engine.IO'),
  beaconRoomUs: estimate(0.4, 'µs CPU a room in it', 'looking it up, writing it'),
  fullBeaconEvery: measured(12, 'heads intervals', `${CODE}: beacon.ts`),
  leaseOwners: measured(500, 'gateways', `${CODE}: leased-hash.ts lists no more of them`),
} as const

const API = {
  apiTransactionMs: measured(2.0, 'ms CPU a transaction', `${FANOUT}: 2.2 with its one message`),
  apiCommandMs: estimate(0.2, 'ms CPU a command', 'its part of a large batch'),
  apiReconcileMs: estimate(2.5, 'ms CPU a request of 1,000 rooms', 'JSON, its check, rows'),
  apiUserMs: estimate(0.3, 'ms CPU a user with 20 rooms', 'rows to JSON'),
  apiRangeMs: estimate(0.3, 'ms CPU a room that is read from the log', 'rows to JSON'),
  transactionsAtOnce: measured(2, 'an API', `${CODE}: room-log.ts; late ones not counted`),
  transactionEveryMs: measured(
    15,
    'ms between two of fewer than 32 commands',
    `${CODE}: room-log.ts`,
  ),
  transactionEnough: measured(32, 'commands that wait for no more', `${CODE}: room-log.ts`),
  batchMost: measured(500, 'commands a transaction', `${CODE}: room-log.ts`),
  workerTransactionMs: measured(1.6, 'ms CPU a transaction', FANOUT),
  workerEventMs: estimate(0.4, 'ms CPU an event', 'its part of a large batch'),
  reconcileRooms: measured(1_000, 'rooms a request', `${CODE}: reconciler.ts`),
} as const

const DATABASE = {
  dbTransactionMs: measured(1.3, 'ms CPU a transaction', `${FANOUT}: 1.7 with its one message`),
  dbCommandMs: estimate(0.1, 'ms CPU a command', 'its part of a large batch'),
  dbSearchMs: measured(
    0.08,
    'ms CPU a message',
    'search index, 30 words, pieces of 100 to 500: 0.067 to 0.112',
  ),
  transactionMs: estimate(6, 'ms from lock to commit', 'an SSD that syncs each commit'),
  commitsPerSecond: estimate(8_000, 'commits/s', 'an SSD, commits in groups'),
  roomCommandsPerSecond: estimate(8_000, 'commands/s in one room', 'one lane, large batches'),
  dbHeadUs: estimate(1, 'µs CPU a head that is compared', 'a row of an index in memory'),
  dbUserMs: estimate(0.25, 'ms CPU a user with 20 rooms', 'rows by an index'),
  dbRangeMs: estimate(0.2, 'ms CPU a room that is read from the log', 'two statements'),
  storedEventBytes: measured(510, 'bytes an event, without text', `${STORED}: 788 with 200`),
  storedTextFactor: estimate(1.4, 'bytes a byte of text', 'the row, pages that are 70 % full'),
  searchTextFactor: measured(
    6.3,
    'bytes a byte of text',
    'search tables after 30,000 messages of 30 words, 217 bytes: 1,316 to 1,404 bytes, MariaDB 10.11',
  ),
} as const

const REDIS_COSTS = {
  redisPublishUs: measured(20, 'µs CPU a PUBLISH', `${REDIS}: 19, each with its own round trip`),
  redisReceiverUs: measured(5.5, 'µs CPU a subscriber', `${REDIS}: 1 to 16 subscribers`),
  redisFieldUs: measured(0.25, 'µs CPU a field of HMGET', `${REDIS}: 1,000 fields each`),
  redisPipelinedUs: measured(0.6, 'µs CPU a small command in a pipeline', `${REDIS}: EXISTS`),
  redisFieldBytes: measured(46, 'bytes a field of HMGET, both ways', REDIS),
  redisChannelBytes: measured(250, 'bytes a channel', `${REDIS}: 20,000 channels`),
  redisSubscriptionBytes: measured(160, 'bytes a further subscriber', `${REDIS}: 20,000 channels`),
  redisJobsCommands: measured(12, 'commands an event', `${BUS}: at 25 messages/s, one worker`),
  redisJobsUs: estimate(60, 'µs CPU an event', '12 commands; fewer when events come together'),
  redisBytesPerSecond: estimate(400e6, 'bytes/s, both ways', 'one thread that copies them'),
  presenceTickS: measured(1, 's', `${CODE}: create-presence.ts`),
  presenceBeatS: measured(2, 's', `${CODE}: PRESENCE_LEASE_MS / 4`),
  presenceLookS: measured(60, 's', `${CODE}: create-presence.ts reads all that is watched`),
  signsPerMessage: estimate(2, 'signs a message', 'typing begins, typing ends'),
  smallRoomMembers: measured(100, 'members', `${CODE}: LIMITS.typingMembers, receiptMembers`),
} as const

const BYTES = {
  newsBytes: measured(378, 'bytes a subscriber, without text', `${BUS}: 578 with 200 bytes`),
  signBytes: estimate(250, 'bytes a sign', 'its JSON and its channel'),
  broadcastBytes: estimate(330, 'bytes a read position', 'its packet by the adapter'),
  deliveryBytes: estimate(330, 'bytes a packet, without text', 'its JSON, frame, TCP and IP'),
  commandBytes: estimate(330, 'bytes a command and its ack, without text', 'both ways'),
  pingBytes: estimate(170, 'bytes a ping and pong', 'frames, TCP and IP, acknowledgements'),
  headBytes: measured(45, 'bytes a room in room:heads', 'the length of a room id and a number'),
  packetBytes: estimate(70, 'bytes a packet beside its payload', 'frame, TCP and IP'),
  handshakeBytes: estimate(4_000, 'bytes a handshake', 'HTTP, token, session:ready, TLS not'),
  roomStateBytes: estimate(180, 'bytes a room in a sync and its answer', 'both ways'),
} as const

export const CONSTANTS = { ...GATEWAY, ...API, ...DATABASE, ...REDIS_COSTS, ...BYTES } as const

export type Constants = { readonly [Name in keyof typeof CONSTANTS]: number }

export const MEASURED: Constants = Object.fromEntries(
  Object.entries(CONSTANTS).map(([name, { value }]) => [name, value]),
) as unknown as Constants
