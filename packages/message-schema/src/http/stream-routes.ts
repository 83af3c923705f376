import { z } from 'zod'
import { Position, RoomId, Timestamp } from '../ids.ts'
import type { RouteSpec } from './route.ts'

const roomParams = z.object({ id: RoomId })
/** Of a reader that has no `Last-Event-ID` yet. Absent: from the head of now on. */
const after = z.coerce.number().pipe(Position).optional()

export const streamRoutes = {
  streamEvents: {
    method: 'get',
    path: '/v1/rooms/:id/stream',
    summary: 'The log as it grows, as Server-Sent Events; `Last-Event-ID` resumes.',
    tag: 'log',
    auth: 'user',
    params: roomParams,
    query: z.strictObject({ after }),
    status: 200,
    produces: 'text/event-stream',
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'BANNED', 'CURSOR_AHEAD'],
  },
  linkStream: {
    method: 'post',
    path: '/v1/rooms/:id/stream/link',
    summary: 'An address of the stream for `EventSource`, mine, for 10 minutes at most.',
    tag: 'log',
    auth: 'user',
    params: roomParams,
    answersSecret: true,
    status: 200,
    response: z.object({ url: z.string(), expiresAt: Timestamp }).meta({ id: 'StreamLink' }),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'BANNED'],
  },
  getLinkedStream: {
    method: 'get',
    path: '/v1/rooms/:id/stream/linked',
    summary: 'The stream behind such an address, while whoever asked for it may have it.',
    tag: 'log',
    auth: 'link',
    params: roomParams,
    query: z.strictObject({ token: z.string().max(1_024), after }),
    status: 200,
    produces: 'text/event-stream',
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'BANNED', 'CURSOR_AHEAD', 'AUTH_REVOKED'],
  },
} as const satisfies Record<string, RouteSpec>
