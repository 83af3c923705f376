import { z } from 'zod'

/** How something reached the cluster: by the SDK, a bare Socket.IO client, or plain HTTP. */
export const Via = z.enum(['sdk', 'websocket', 'polling', 'http', 'sdk-http'])
export type Via = z.infer<typeof Via>

/** Milliseconds since the run began, by the clock of whoever wrote the history. */
const AtMs = z.number().nonnegative()

/** The first line. */
export const RunLine = z.object({
  kind: z.literal('run'),
  format: z.literal(1),
  seed: z.int(),
  startedAt: z.iso.datetime(),
  /** Whatever else tells how the run was made: flags, versions, sizes. */
  about: z.record(z.string(), z.unknown()).default({}),
})
export type RunLine = z.infer<typeof RunLine>

/**
 * Something that one process asked for. `ok`: it took effect. `fail`: it did not, and never will.
 * `info`: nobody knows, as after a time-out.
 */
export const OperationLine = z.object({
  kind: z.literal('operation'),
  /** One client on one device; its operations are in the order of its calls. */
  process: z.string(),
  userId: z.string(),
  via: Via,
  op: z.enum([
    'send',
    'edit',
    'delete',
    'react',
    'read',
    'history',
    'sync',
    'unread',
    'search',
    'create',
    'join',
    'leave',
    'remove',
    'ban',
    'sign-out',
    'presence',
    'typing',
  ]),
  roomId: z.string().optional(),
  /** `send`: the `clientMsgId`. */
  key: z.string().optional(),
  /** `send`, `edit`: the text. `read`: `upTo`. `remove`, `ban`: the user id. `edit`, `delete`, `react`: with `ref`. */
  value: z.union([z.string(), z.number()]).optional(),
  /** `edit`, `delete`, `react`: the `seq` of the message. */
  ref: z.int().positive().optional(),
  /** `read`: `set` may go back; `forward` if absent. `react`: `off` takes it back; `on` if absent. */
  mode: z.enum(['forward', 'set', 'on', 'off']).optional(),
  /** How often this was asked before with the same key. */
  attempt: z.int().nonnegative().default(0),
  invokedMs: AtMs,
  completedMs: AtMs.nullable(),
  type: z.enum(['ok', 'fail', 'info']),
  /** What was answered: `seq`, `msgNo`, `dup`, `unread`, … */
  result: z.record(z.string(), z.unknown()).optional(),
  /** Its code, where it was refused. */
  error: z.string().optional(),
})
export type OperationLine = z.infer<typeof OperationLine>

/** One event of a log that one reader was handed. */
export const DeliveryLine = z.object({
  kind: z.literal('delivery'),
  /** One client on one device. */
  reader: z.string(),
  userId: z.string(),
  via: Via,
  /** `live`: pushed. `sync`, `page`: asked for. `final`: read when all was quiet. */
  by: z.enum(['live', 'sync', 'page', 'final']),
  /** Counts up where the reader had to begin anew: after `reset`, or where it asks for a page. */
  span: z.int().nonnegative().default(0),
  roomId: z.string(),
  seq: z.int().positive(),
  atMs: AtMs,
  /** `sync`, `page`, `final`: when it was asked for, as `atMs` is when it came. */
  askedMs: AtMs.optional(),
  /** The event as it came, without `clientMsgId`. */
  event: z.record(z.string(), z.unknown()),
})
export type DeliveryLine = z.infer<typeof DeliveryLine>

/** What the reader was told of its own place: where it begins, that it begins anew, that it is connected. */
export const ReaderLine = z.object({
  kind: z.literal('reader'),
  reader: z.string(),
  userId: z.string(),
  via: Via,
  what: z.enum([
    'connected',
    'disconnected',
    'starts',
    'added',
    'reset',
    'removed',
    'session-end',
    'heads',
  ]),
  roomId: z.string().optional(),
  /** `starts`, `reset`: the `seq` after which it goes on. `heads`: what it has at the end. */
  seq: z.int().nonnegative().optional(),
  atMs: AtMs,
  detail: z.string().optional(),
})
export type ReaderLine = z.infer<typeof ReaderLine>

/** Something that was broken on purpose. */
export const FaultLine = z.object({
  kind: z.literal('fault'),
  name: z.string(),
  /** A process or a way between two, as `g1` or `g1>redis`. */
  target: z.string(),
  startedMs: AtMs,
  endedMs: AtMs.nullable(),
  detail: z.string().optional(),
})
export type FaultLine = z.infer<typeof FaultLine>

/** What is true when it was measured, for what is no event: presence, unread, memory, an exit of a process. */
export const ObservationLine = z.object({
  kind: z.literal('observation'),
  what: z.enum([
    'presence',
    'unread',
    'read-cursor',
    'resource',
    'exit',
    'crash-log',
    'search',
    'head',
    /** What the official client counted against the live stream. */
    'guarantees',
  ]),
  /** Whom or what it is about: a user, a process. */
  subject: z.string(),
  observer: z.string().optional(),
  /** For people. */
  detail: z.string().optional(),
  roomId: z.string().optional(),
  value: z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())]),
  /** What it should be, where whoever measures knows it. */
  expected: z
    .union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())])
    .optional(),
  atMs: AtMs,
})
export type ObservationLine = z.infer<typeof ObservationLine>

/** One row of `room_event`, and of what it is about, as MySQL has them when all is quiet. */
export const RowLine = z.object({
  kind: z.literal('row'),
  roomId: z.string(),
  seq: z.int().positive(),
  type: z.string(),
  actorId: z.string(),
  clientMsgId: z.string().nullable(),
  ref: z.int().positive().nullable(),
  msgNo: z.int().positive().nullable(),
  data: z.record(z.string(), z.unknown()),
})
export type RowLine = z.infer<typeof RowLine>

/** One room as MySQL has it: the head, and who is in it now. */
export const RoomLine = z.object({
  kind: z.literal('room'),
  roomId: z.string(),
  head: z.int().nonnegative(),
  lastMsgNo: z.int().nonnegative(),
  history: z.string(),
  members: z.array(
    z.object({
      userId: z.string(),
      joinedSeq: z.int().nonnegative(),
      readSeq: z.int().nonnegative(),
    }),
  ),
})
export type RoomLine = z.infer<typeof RoomLine>

/** From here on nothing is broken any more; everything that is said must arrive within the bounds. */
export const MarkLine = z.object({
  kind: z.literal('mark'),
  what: z.enum(['load-ends', 'healed', 'quiet', 'end']),
  atMs: AtMs,
})
export type MarkLine = z.infer<typeof MarkLine>

/** A history is a file of these, one JSON object a line. */
export const HistoryLine = z.discriminatedUnion('kind', [
  RunLine,
  OperationLine,
  DeliveryLine,
  ReaderLine,
  FaultLine,
  ObservationLine,
  RowLine,
  RoomLine,
  MarkLine,
])
export type HistoryLine = z.infer<typeof HistoryLine>
