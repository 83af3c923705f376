// What is run here is the product itself, from inside: each import leaves this package on purpose.
// @boundaries-ignore the real room log decides
export { createRoomLog, type LogStore, type RoomLog } from '../../apps/api/src/room-log/room-log.ts'
// @boundaries-ignore the real room log decides
export { decideAll, newsOf, type BatchOutcome } from '../../apps/api/src/room-log/batch-outcome.ts'
// @boundaries-ignore the real room log decides
export {
  BatchState,
  onceKey,
  pairKey,
  reactionKey,
  type EarlierEvent,
  type MemberState,
  type MessageState,
  type RoomState,
} from '../../apps/api/src/room-log/batch-state.ts'
// @boundaries-ignore the real room log decides
export { sealEvent } from '../../apps/api/src/room-log/seal-event.ts'
// @boundaries-ignore the real API answers
export { toCommandResult } from '../../apps/api/src/internal/command-result.ts'
// @boundaries-ignore the real API answers
export { numberAttempt } from '../../apps/api/src/internal/number-attempt.ts'
// @boundaries-ignore the real API answers
export { createSyncRooms } from '../../apps/api/src/history/sync-rooms.ts'
// @boundaries-ignore the real API answers
export { createListMessages } from '../../apps/api/src/history/list-messages.ts'
// @boundaries-ignore the real API answers
export { createAllowReading } from '../../apps/api/src/history/reader-access.ts'
// @boundaries-ignore the real API answers
export { createActOnMember } from '../../apps/api/src/moderation/act-on-member.ts'
// @boundaries-ignore the real API answers
export { createGetMessage } from '../../apps/api/src/history/get-message.ts'
// @boundaries-ignore the real API answers
export { createListPins } from '../../apps/api/src/history/list-pins.ts'
// @boundaries-ignore the real API answers
export { createListReplies } from '../../apps/api/src/history/list-replies.ts'
// @boundaries-ignore the real API answers
export { muteEnd, permissionsOf, toRoom, type RoomView } from '../../apps/api/src/rooms/to-room.ts'
// @boundaries-ignore the real API answers
export { definitionOf } from '../../apps/api/src/room-log/authority.ts'
// @boundaries-ignore the real API waits
export { EventWaiters, type WaitForEvents } from '../../apps/api/src/news/wait-for-events.ts'
// @boundaries-ignore what the API asks of its tables
export type { EventStore } from '../../apps/api/src/db/log/event-store.ts'
// @boundaries-ignore what the API asks of its tables
export type { MessageStore, StoredMessage } from '../../apps/api/src/db/messages/message-store.ts'
// @boundaries-ignore what the API asks of its tables
export type {
  MessageMarks,
  MessageMarksStore,
} from '../../apps/api/src/db/messages/message-marks-store.ts'
// @boundaries-ignore what the API asks of its tables
export type { MemberStore, Standing } from '../../apps/api/src/db/rooms/member-store.ts'
// @boundaries-ignore the real gateway
export { isLive } from '../../apps/gateway/src/sessions/session.ts'
// @boundaries-ignore the real gateway
export { roomChannel } from '../../apps/gateway/src/socket/socket-types.ts'
// @boundaries-ignore the real gateway
export type { ApiClient } from '../../apps/gateway/src/api-client/api-client.ts'
// @boundaries-ignore the real gateway
export { PartitionQueues } from '../../apps/gateway/src/commands/partition-queues.ts'
// @boundaries-ignore the real gateway
export { SharedRequests } from '../../apps/gateway/src/commands/shared-requests.ts'
// @boundaries-ignore the real gateway
export type { GatewayConfig } from '../../apps/gateway/src/config.ts'
// @boundaries-ignore the real gateway
export { createChat as createGatewayChat } from '../../apps/gateway/src/create-chat.ts'
// @boundaries-ignore the real gateway
export { createEdge } from '../../apps/gateway/src/create-edge.ts'
// @boundaries-ignore the real gateway
export type { GatewayPresence } from '../../apps/gateway/src/create-presence.ts'
// @boundaries-ignore the real gateway
export type { GatewaySigns } from '../../apps/gateway/src/create-signs.ts'
// @boundaries-ignore the real gateway
export {
  createGatewayMetrics,
  type GatewayMetrics,
} from '../../apps/gateway/src/gateway-metrics.ts'
// @boundaries-ignore the real gateway
export { RedisNews } from '../../apps/gateway/src/news/redis-news.ts'
// @boundaries-ignore the real gateway
export { drainSessions } from '../../apps/gateway/src/socket/drain.ts'
// @boundaries-ignore the real gateway
export { SendBuffers } from '../../apps/gateway/src/socket/send-buffers.ts'
// @boundaries-ignore the real gateway
export type { ChatServer } from '../../apps/gateway/src/socket/socket-types.ts'
// @boundaries-ignore the real kit of the servers
export {
  createRegistry,
  FailPoints,
  type Identity,
  type Logger,
  type Mutant as GatewayMutant,
  type Redis,
} from '../../packages/server-kit/src/index.ts'
// @boundaries-ignore what is loaded later has to be there before the clock stands still
export { createMemoryStorage } from '../../packages/client/src/storage/memory-storage.ts'
// @boundaries-ignore the same locks as in the tests of the SDK
export { createTestLocks } from '../../packages/client/src/testing/test-locks.ts'
// @boundaries-ignore the same chance as in the checker
export { seededRandom } from '../../packages/check/src/seeded-random.ts'
// @boundaries-ignore what that client writes down
export type { ReaderLine } from '../../packages/check/src/history/history-line.ts'
// @boundaries-ignore the same bare client as in the checker
export { RoomReading } from '../../packages/check/src/load/room-reading.ts'
// @boundaries-ignore the same bare client as in the checker
export { SocketReader } from '../../packages/check/src/load/socket-reader.ts'
