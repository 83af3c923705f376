import { z } from 'zod'
import { RoomId } from '../ids.ts'
import { flag } from './page.ts'
import type { RouteSpec } from './route.ts'

const roomParams = z.object({ id: RoomId })
const exportQuery = z.strictObject({
  /** The earlier bodies of edited messages too. */
  versions: flag.default(false),
})
const NDJSON = 'application/x-ndjson'

export const transferRoutes = {
  exportRoom: {
    method: 'get',
    path: '/v1/rooms/:id/export',
    summary:
      'The messages that I may see, up to the head as it is now, a JSON object a line: first the room, then messages in their order, last how many.',
    tag: 'transfer',
    auth: 'user',
    params: roomParams,
    query: exportQuery,
    status: 200,
    produces: NDJSON,
    costly: true,
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN', 'SERVER_BUSY'],
  },
  exportRoomAsServer: {
    method: 'get',
    path: '/v1/server/rooms/:id/export',
    summary: 'All messages of any room, as `GET /v1/rooms/:id/export` gives them.',
    tag: 'transfer',
    auth: 'key',
    scope: 'rooms:read',
    params: roomParams,
    query: exportQuery,
    status: 200,
    produces: NDJSON,
    costly: true,
    errors: ['NOT_FOUND', 'SERVER_BUSY'],
  },
  importRoom: {
    method: 'post',
    path: '/v1/rooms/:id/import',
    summary:
      'Bring messages in, a JSON object a line, with their authors and times. The same again changes nothing; nobody is notified. Answers lines of progress, last a report.',
    tag: 'transfer',
    auth: 'key',
    scope: 'rooms:write',
    params: roomParams,
    query: z.strictObject({
      /** Names where the ids of the lines come from: they are one only there. */
      source: z
        .string()
        .regex(/^[\w.:-]{1,64}$/u, 'must have 1-64 of A-Z a-z 0-9 _ . : -')
        .default('import'),
      /** What to do about senders who are not there. */
      users: z.enum(['create', 'refuse']).default('refuse'),
      dryRun: flag.default(false),
    }),
    // The ids of the lines make a repeat harmless; the answer is a stream.
    idempotencyKey: true,
    status: 200,
    consumes: NDJSON,
    produces: NDJSON,
    errors: ['NOT_FOUND', 'TOO_LARGE'],
  },
} as const satisfies Record<string, RouteSpec>
