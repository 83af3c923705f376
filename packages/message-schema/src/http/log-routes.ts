import { z } from 'zod'
import { Event } from '../event.ts'
import { ClientMsgId, Position, RoomId, Seq, Timestamp } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import {
  hasContent,
  Message,
  messageDraftShape,
  MessageDeleted,
  MessageEdited,
  messageEditShape,
  MessageSent,
  NO_CONTENT,
  ReadSet,
  ReadState,
} from '../message.ts'
import { Sync, SyncResult } from '../sync.ts'
import { Payload } from '../text.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const roomParams = z.object({ id: RoomId })
const messageParams = z.object({ id: RoomId, seq: z.coerce.number().pipe(Seq) })
const position = z.coerce.number().pipe(Position)
const waitMs = z.coerce.number().int().min(0).max(LIMITS.waitMs).default(0)
const reading = ['NOT_FOUND', 'NOT_MEMBER', 'BANNED'] as const
const writing = [
  ...reading,
  'FORBIDDEN',
  'ROOM_ARCHIVED',
  'IDEMPOTENCY_MISMATCH',
  'TOO_LARGE',
  'SERVER_BUSY',
  'UNKNOWN_OUTCOME',
] as const

export const logRoutes = {
  listMessages: {
    method: 'get',
    path: '/v1/rooms/:id/messages',
    summary:
      'Messages as they stand now, ascending; the latest page without a position. Of long ones a page has fewer than `limit`: go on while there is more.',
    tag: 'messages',
    auth: 'user',
    params: roomParams,
    query: z
      .strictObject({
        before: position.optional(),
        after: position.optional(),
        around: position.optional(),
        limit: pageLimit(LIMITS.historyPage, 50),
      })
      .refine((q) => [q.before, q.after, q.around].filter((at) => at !== undefined).length <= 1, {
        message: 'takes one of before, after and around',
      }),
    status: 200,
    response: page(Message).extend({ head: Position }),
    errors: reading,
  },
  postMessage: {
    method: 'post',
    path: '/v1/rooms/:id/messages',
    summary: 'Send. The id is `clientMsgId`, else it is made of the `Idempotency-Key` header.',
    tag: 'messages',
    auth: 'user',
    params: roomParams,
    body: z
      .strictObject({ clientMsgId: ClientMsgId.optional(), ...messageDraftShape })
      .refine(hasContent, NO_CONTENT),
    idempotencyKey: true,
    status: 201,
    response: MessageSent,
    errors: [...writing, 'MUTED', 'BLOCKED', 'ROOM_FROZEN', 'SLOW_MODE', 'REJECTED'],
  },
  getMessage: {
    method: 'get',
    path: '/v1/rooms/:id/messages/:seq',
    summary: 'One message as it stands now.',
    tag: 'messages',
    auth: 'user',
    params: messageParams,
    status: 200,
    response: z.object({ message: Message }),
    errors: reading,
  },
  listMessageVersions: {
    method: 'get',
    path: '/v1/rooms/:id/messages/:seq/versions',
    summary:
      'A message as it was sent and after each edit; only versions after `after`. Of long ones a page has fewer than `limit`: go on while `hasMoreAfter`.',
    tag: 'messages',
    auth: 'user',
    params: messageParams,
    query: z.strictObject({ after: position.optional(), limit: pageLimit(200, 50) }),
    costly: true,
    status: 200,
    response: page(
      z.object({
        version: z.int().nonnegative(),
        text: z.string().nullable(),
        payload: Payload.optional(),
        ts: Timestamp,
      }),
    ),
    errors: [...reading, 'GONE'],
  },
  patchMessage: {
    method: 'patch',
    path: '/v1/rooms/:id/messages/:seq',
    summary: 'Edit one of my messages.',
    tag: 'messages',
    auth: 'user',
    params: messageParams,
    body: z
      .strictObject({ clientMsgId: ClientMsgId.optional(), ...messageEditShape })
      .refine(hasContent, { message: 'needs text or payload', path: ['text'] }),
    idempotencyKey: true,
    status: 200,
    response: MessageEdited,
    errors: [...writing, 'MUTED', 'BLOCKED', 'ROOM_FROZEN', 'REJECTED', 'CONFLICT', 'GONE'],
  },
  deleteMessage: {
    method: 'delete',
    path: '/v1/rooms/:id/messages/:seq',
    summary: 'Delete: the body is gone for good, a tombstone stays.',
    tag: 'messages',
    auth: 'user',
    params: messageParams,
    idempotencyKey: true,
    status: 200,
    response: MessageDeleted,
    errors: [...writing, 'GONE'],
  },
  putRead: {
    method: 'put',
    path: '/v1/rooms/:id/read',
    summary: 'Move my read cursor: the same for all my devices.',
    tag: 'messages',
    auth: 'user',
    params: roomParams,
    body: z.strictObject({ upTo: ReadSet.shape.upTo, mode: ReadSet.shape.mode }),
    status: 200,
    response: ReadState,
    errors: [...reading, 'CURSOR_AHEAD'],
  },
  listEvents: {
    method: 'get',
    path: '/v1/rooms/:id/events',
    summary:
      'The log after a position; with `waitMs` the answer waits for something new. Of long events a page has fewer than `limit`: go on while `hasMoreAfter`.',
    tag: 'log',
    auth: 'user',
    params: roomParams,
    query: z.strictObject({
      after: position.default(0),
      limit: pageLimit(LIMITS.syncEvents, 200),
      waitMs,
    }),
    status: 200,
    response: page(Event).extend({ head: Position }),
    errors: [...reading, 'CURSOR_AHEAD'],
  },
  getEventsPage: {
    method: 'get',
    path: '/v1/rooms/:id/events/pages/:n',
    summary: 'Events 256(n-1)+1 to 256n. A full page never changes and may be kept for ever.',
    tag: 'log',
    auth: 'user',
    params: z.object({
      id: RoomId,
      n: z.coerce
        .number()
        .int()
        .positive()
        .max(2 ** 40),
    }),
    status: 200,
    response: page(Event).extend({ head: Position }),
    errors: reading,
  },
  postSync: {
    method: 'post',
    path: '/v1/sync',
    summary: 'Catch up in many rooms at once, over plain HTTP; with `waitMs` long polling.',
    repeatable: true,
    tag: 'log',
    auth: 'user',
    body: Sync.extend({ waitMs: z.int().min(0).max(LIMITS.waitMs).optional() }),
    status: 200,
    response: SyncResult,
  },
} as const satisfies Record<string, RouteSpec>
