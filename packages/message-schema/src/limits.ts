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
  attachmentsPerMessage: 30,
  fileBytes: 100 * 1024 * 1024,
  reactionCharacters: 32,
  reactionKeysPerMessage: 50,
  pinsPerRoom: 100,
  createMembers: 100,
  roomsPerUser: 5_000,
  customRoles: 50,
  invitesPerRoom: 500,
  inviteUses: 1_000,
  inviteForS: 30 * 24 * 3_600,
  slowModeS: 3_600,
  reasonCharacters: 500,
  reportNoteCharacters: 500,
  blockedWords: 10_000,
  blockedWordCharacters: 64,
  blockedWordsPerBatch: 500,
  messageTypes: 200,
  keyNameCharacters: 100,
  keyGraceS: 30 * 24 * 3_600,
  apiKeys: 1_000,
  sendsPerBatch: 100,
  usersPerBatch: 500,
  batchBodyBytes: 2 * 1024 * 1024,
  blocksPerUser: 1_000,
  typingEveryMs: 3_000,
  typingForMs: 6_000,
  typingMembers: 100,
  receiptMembers: 100,
  notifyAllMembers: 1_000,
  pushDevices: 20,
  scheduledMessages: 100,
  scheduleAheadDays: 366,
  presenceSubscriptions: 200,
  statusCharacters: 140,
  contactMembers: 100,
  sendsPerSecond: 5,
  sendBurst: 20,
  syncRooms: 500,
  syncEvents: 2_000,
  answerBytes: 4 * 1024 * 1024,
  // Less: on 1 Mbit/s it has to arrive before a client of Socket.IO takes the silence for the end.
  syncBytes: 2 * 1024 * 1024,
  historyPage: 200,
  searchCharacters: 400,
  importBytes: 1024 * 1024 * 1024,
  importLineBytes: 256 * 1024,
  importErrors: 1_000,
  eventsPage: 256,
  waitMs: 25_000,
  webhooks: 100,
  webhookRooms: 100,
  webhookReplay: 10_000,
  webhookReplays: 20,
} as const

export type Limits = { readonly [K in keyof typeof LIMITS]: number }

/** Partitions of the command path: a room always maps to the same one, on every gateway. */
export const ROOM_PARTITIONS = 64

/** The header whose value the balancer hashes, so that a room's commands meet at one API replica. */
export const PARTITION_HEADER = 'x-parley-partition'

/** Says that other gateways send what they have of the same rooms at the same moment. */
export const GATHERED_HEADER = 'x-parley-gathered'
