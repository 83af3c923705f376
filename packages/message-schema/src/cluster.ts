import { z } from 'zod'
import { RoomId, Timestamp, UserId } from './ids.ts'

const count = z.int().nonnegative()

/** What a server says of itself every few seconds. What its kind knows nothing of is `null`. */
export const ProcessStatus = z
  .object({
    kind: z.enum(['gateway', 'api', 'worker']),
    name: z.string(),
    at: Timestamp,
    startedAt: Timestamp,
    /** The version of the protocol, and of Node. */
    protocol: count,
    node: z.string(),
    phase: z.enum(['serving', 'draining']),
    /** By how much timers were late since the report before this one. */
    eventLoopP99Ms: z.number().nonnegative(),
    redis: z.boolean(),
    mysql: z.boolean().nullable(),
    /** Signed-in sockets, and the rooms that they are in. */
    sockets: count.nullable(),
    rooms: count.nullable(),
    /** Committed here since the report before. */
    messagesPerSecond: z.number().nonnegative().nullable(),
  })
  .meta({ id: 'ProcessStatus' })
export type ProcessStatus = z.infer<typeof ProcessStatus>

export const ClusterStatus = z
  .object({
    at: Timestamp,
    /** `false`: whoever asks knows only the API that answers. */
    redis: z.boolean(),
    processes: z.array(ProcessStatus),
  })
  .meta({ id: 'ClusterStatus' })
export type ClusterStatus = z.infer<typeof ClusterStatus>

const roomShape = {
  roomId: RoomId,
  kind: z.string(),
  name: z.string().nullable(),
  visibility: z.string(),
  members: count,
  head: count,
}

/** Counted where messages are committed; at most a little too low for rooms that are hardly hot. */
export const HotRoom = z.object({ ...roomShape, messages: count }).meta({ id: 'HotRoom' })
export type HotRoom = z.infer<typeof HotRoom>

export const InspectedRoom = z
  .object({
    ...roomShape,
    /** Messages ever said in it. */
    messages: count,
    topic: z.string().nullable(),
    createdAt: Timestamp,
    createdBy: z.string(),
    isFrozen: z.boolean(),
    isArchived: z.boolean(),
    deletedAt: Timestamp.nullable(),
    /** Of the first hundred members, by id. */
    firstMembers: z.array(
      z.object({ userId: UserId, displayName: z.string(), role: z.string(), readSeq: count }),
    ),
  })
  .meta({ id: 'InspectedRoom' })
export type InspectedRoom = z.infer<typeof InspectedRoom>

export const FailedJob = z.object({
  queue: z.string(),
  id: z.string(),
  job: z.string(),
  reason: z.string(),
  attempts: count,
  failedAt: Timestamp.nullable(),
})
export type FailedJob = z.infer<typeof FailedJob>

export const WorkStatus = z
  .object({
    at: Timestamp,
    /** `null` while Redis is away. */
    queues: z
      .array(
        z.object({
          name: z.string(),
          waiting: count,
          active: count,
          delayed: count,
          failed: count,
        }),
      )
      .nullable(),
    /** The latest of each queue. */
    failed: z.array(FailedJob),
    /** What the log has committed and no worker has looked at. Counted up to 10,000. */
    outbox: z.object({ rows: count, oldestMs: count }),
    /** Rooms with messages that search is to learn of by now. */
    search: z.object({ rooms: count, oldestMs: count }),
  })
  .meta({ id: 'WorkStatus' })
export type WorkStatus = z.infer<typeof WorkStatus>

/**
 * Everything in the log between `countsAfter` and the head, and why of it so many are unread:
 * `events - notMessages - uncounted = counted`, and `counted - own - deleted = unread`.
 */
export const UnreadExplanation = z
  .object({
    userId: UserId,
    roomId: RoomId,
    isMember: z.boolean(),
    head: count,
    /** Counting begins behind the cursor, behind what one may not see, and behind what was erased. */
    readSeq: count,
    visibleFrom: count,
    erasedTo: count,
    countsAfter: count,
    events: count,
    /** Edits, deletions, reactions, pins, joinings and so on. */
    notMessages: count,
    /** Messages without a number: what was imported, and what counts for nobody. */
    uncounted: count,
    counted: count,
    own: count,
    /** Messages of others that were deleted. */
    deleted: count,
    unread: count,
    mentions: count,
    /** Of the counted: what some expect not to be, and is. */
    inThreads: count,
    fromBlocked: count,
    /** What the reader is told when asking for it now. */
    told: z.object({ unread: count, mentions: count }).nullable(),
  })
  .meta({ id: 'UnreadExplanation' })
export type UnreadExplanation = z.infer<typeof UnreadExplanation>

export const QueueName = z.string().regex(/^[a-z-]{1,40}$/u)
export const JobId = z.string().min(1).max(200)
