import { z } from 'zod'
import { Position, RoomId, Seq, UserId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { Message, ReactionKey, ReadState, StateSet } from '../message.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const roomParams = z.object({ id: RoomId })
const messageParams = z.object({ id: RoomId, seq: z.coerce.number().pipe(Seq) })
const reactionParams = messageParams.extend({ key: ReactionKey })
const reading = ['NOT_FOUND', 'NOT_MEMBER', 'BANNED'] as const
const writing = [
  ...reading,
  'FORBIDDEN',
  'MUTED',
  'BLOCKED',
  'ROOM_FROZEN',
  'ROOM_ARCHIVED',
  'GONE',
  'SERVER_BUSY',
  'UNKNOWN_OUTCOME',
] as const

/** What hangs on messages: reactions, pins, threads, and who has read them. */
export const reactionRoutes = {
  putReaction: {
    method: 'put',
    path: '/v1/rooms/:id/messages/:seq/reactions/:key',
    summary: 'React. Doing it again changes nothing.',
    tag: 'messages',
    auth: 'user',
    params: reactionParams,
    status: 200,
    response: StateSet,
    errors: [...writing, 'TOO_LARGE'],
  },
  deleteReaction: {
    method: 'delete',
    path: '/v1/rooms/:id/messages/:seq/reactions/:key',
    summary: 'Take a reaction back.',
    tag: 'messages',
    auth: 'user',
    params: reactionParams,
    status: 200,
    response: StateSet,
    errors: writing,
  },
  listReactions: {
    method: 'get',
    path: '/v1/rooms/:id/messages/:seq/reactions/:key',
    summary: 'Everybody who reacted so, in the order of their ids.',
    tag: 'messages',
    auth: 'user',
    params: reactionParams,
    query: z.strictObject({ after: UserId.optional(), limit: pageLimit(200, 50) }),
    status: 200,
    response: page(z.object({ userId: UserId, seq: Seq })),
    errors: reading,
  },
  putPin: {
    method: 'put',
    path: '/v1/rooms/:id/messages/:seq/pin',
    summary: 'Pin a message. Doing it again changes nothing.',
    tag: 'messages',
    auth: 'user',
    params: messageParams,
    status: 200,
    response: StateSet,
    errors: [...writing, 'TOO_LARGE'],
  },
  deletePin: {
    method: 'delete',
    path: '/v1/rooms/:id/messages/:seq/pin',
    summary: 'Unpin a message.',
    tag: 'messages',
    auth: 'user',
    params: messageParams,
    status: 200,
    response: StateSet,
    errors: writing,
  },
  listPins: {
    method: 'get',
    path: '/v1/rooms/:id/pins',
    summary: 'All pinned messages, the latest pinned first.',
    tag: 'messages',
    auth: 'user',
    params: roomParams,
    status: 200,
    response: page(Message),
    errors: reading,
  },
  listReplies: {
    method: 'get',
    path: '/v1/rooms/:id/messages/:seq/replies',
    summary: 'Messages of a thread, ascending; the latest page without a position.',
    tag: 'messages',
    auth: 'user',
    params: messageParams,
    query: z
      .strictObject({
        before: z.coerce.number().pipe(Position).optional(),
        after: z.coerce.number().pipe(Position).optional(),
        limit: pageLimit(LIMITS.historyPage, 50),
      })
      .refine(({ before, after }) => before === undefined || after === undefined, {
        message: 'takes one of before and after',
      }),
    status: 200,
    response: page(Message).extend({ head: Position }),
    errors: reading,
  },
  listReceipts: {
    method: 'get',
    path: '/v1/rooms/:id/receipts',
    summary: 'How far everybody has read, in small rooms; in large ones `mode` says `counts`.',
    tag: 'messages',
    auth: 'user',
    params: roomParams,
    status: 200,
    response: page(z.object({ userId: UserId, readSeq: Position })).extend({
      mode: z.enum(['people', 'counts']),
    }),
    errors: reading,
  },
  getReceipts: {
    method: 'get',
    path: '/v1/rooms/:id/messages/:seq/receipts',
    summary: 'How many have read a message, counted up to 1,000; in small rooms also who.',
    tag: 'messages',
    auth: 'user',
    params: messageParams,
    status: 200,
    response: z.object({
      readCount: z.int().nonnegative(),
      isMore: z.boolean(),
      userIds: z.array(UserId).optional(),
    }),
    errors: reading,
  },
  getUnread: {
    method: 'get',
    path: '/v1/me/unread',
    summary: 'What is unread in all my rooms: at most 1,000 rooms by name, and the sum of all.',
    tag: 'me',
    auth: 'user',
    status: 200,
    response: z.object({
      data: z.array(ReadState.extend({ roomId: RoomId, head: Position })),
      total: z.object({
        rooms: z.int().nonnegative(),
        unread: z.int().nonnegative(),
        mentions: z.int().nonnegative(),
      }),
    }),
  },
} as const satisfies Record<string, RouteSpec>
