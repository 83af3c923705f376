import { z } from 'zod'
import { Event } from '../event.ts'
import { Position, RoomId, Timestamp, UserId } from '../ids.ts'
import { OwnPresence } from './presence-api.ts'
import { MemberRole } from '../room.ts'
import { ErrorBody } from '../reply.ts'

/** What gateways and API say to each other. Never reachable from outside the cluster. */

/** Events of one room in one piece; `memberVersion` is the room's after the last of them. */
export const RoomNews = z.object({
  roomId: RoomId,
  fromSeq: z.int().positive(),
  memberVersion: z.int().nonnegative(),
  events: z.array(Event).min(1),
  /** Of the trace that it belongs to, if it was chosen to be traced. */
  traceparent: z.string().optional(),
})
export type RoomNews = z.infer<typeof RoomNews>

/** Each of the commands is a `GatewayCommand`, and is looked at by itself. */
export const CommandBatch = z.strictObject({ commands: z.array(z.unknown()).min(1).max(500) })
export type CommandBatch = z.infer<typeof CommandBatch>

export const CommandResult = z.union([
  z.object({ ok: z.literal(true), data: z.record(z.string(), z.unknown()) }),
  z.object({ ok: z.literal(false), error: ErrorBody.omit({ requestId: true }) }),
])
export type CommandResult = z.infer<typeof CommandResult>

/** One result a command, in their order, and the news of the rooms that they changed. */
export const CommandBatchResult = z.object({
  results: z.array(CommandResult),
  news: z.array(RoomNews),
  /** The process that has answered. */
  servedBy: z.string().optional(),
})
export type CommandBatchResult = z.infer<typeof CommandBatchResult>

export const UserAsk = z.strictObject({
  id: UserId,
  /** From a host-signed token: the user is created if it is the first time that it is seen. */
  host: z
    .strictObject({ displayName: z.string().optional(), avatarUrl: z.string().optional() })
    .optional(),
})
export type UserAsk = z.infer<typeof UserAsk>
export const UserStatesRequest = z.strictObject({ users: z.array(UserAsk).min(1).max(1_000) })

export const UserRoom = z.object({
  roomId: RoomId,
  head: Position,
  memberVersion: z.int().nonnegative(),
  role: MemberRole,
  /** The event of their joining. */
  joinedSeq: z.int().positive(),
  /** The first `seq` that this member may see. */
  visibleFrom: z.int().positive(),
  /** At that `head`. */
  memberCount: z.int().nonnegative().optional(),
  mutedUntil: Timestamp.optional(),
  frozen: z.boolean().optional(),
  archived: z.boolean().optional(),
})
export type UserRoom = z.infer<typeof UserRoom>

/** All that a gateway needs to know of a user. `version` moves with every change of it. */
export const UserState = z.object({
  version: z.int().nonnegative(),
  rooms: z.array(UserRoom),
  /** Ended sessions whose access tokens may still be inside their lifetime. */
  revokedSessionIds: z.array(z.string()),
  /** Milliseconds since 1970: tokens of the host application that were issued before are refused. */
  tokensValidAfterMs: z.int().nonnegative().optional(),
  presence: OwnPresence.optional(),
})
export type UserState = z.infer<typeof UserState>
export const UserStates = z.object({
  users: z.record(UserId, UserState),
  /** Ids that a host application named and that belong to users of ours: not to be let in. */
  refused: z.array(UserId),
  epoch: z.int().nonnegative(),
})
export type UserStates = z.infer<typeof UserStates>

/** What the gateway has: only what differs is answered. */
export const ReconcileRequest = z.strictObject({
  rooms: z.record(RoomId, Position),
  users: z.record(UserId, z.int().nonnegative()),
})
export type ReconcileRequest = z.infer<typeof ReconcileRequest>
export const ReconcileResult = z.object({
  rooms: z.record(RoomId, z.object({ head: Position, memberVersion: z.int().nonnegative() })),
  users: z.array(UserId),
  epoch: z.int().nonnegative(),
})
export type ReconcileResult = z.infer<typeof ReconcileResult>

export const EventRangesRequest = z.strictObject({
  /** Up to `limit` events after `after`, for each room. */
  rooms: z.record(
    RoomId,
    z.strictObject({ after: Position, limit: z.int().positive().max(2_000) }),
  ),
})
export type EventRangesRequest = z.infer<typeof EventRangesRequest>
export const EventRanges = z.object({
  rooms: z.record(
    RoomId,
    z.object({ head: Position, memberVersion: z.int().nonnegative(), events: z.array(Event) }),
  ),
})
export type EventRanges = z.infer<typeof EventRanges>

/** Redis channels. What they carry may be lost at any time: it is news, not truth. */
export const roomNewsChannel = (roomId: string): string => `parley:room:${roomId}`
export const USER_NEWS_CHANNEL = 'parley:users'
export const UserNews = z.object({ userIds: z.array(UserId) })
export type UserNews = z.infer<typeof UserNews>

/** Prefix of the Redis channels of Socket.IO's adapter, which the API's emitter speaks to. */
export const ADAPTER_KEY = 'parley:io'
/** The Socket.IO room of all sockets of a user. Prefixed, so that it is nobody's socket id. */
export const userChannel = (userId: string): string => `u:${userId}`

export const INTERNAL_PATHS = {
  commands: '/internal/commands',
  users: '/internal/users',
  reconcile: '/internal/reconcile',
  events: '/internal/events',
} as const
