import { z } from 'zod'
import { LIMITS } from '../limits.ts'
import { MessageSent } from '../message.ts'
import { ServerSend } from '../server-send.ts'
import { results } from './results.ts'
import type { RouteSpec } from './route.ts'

export const serverMessageRoutes = {
  serverSend: {
    method: 'post',
    path: '/v1/server/messages',
    summary: 'Send as a user, as a bot or as the system.',
    tag: 'server',
    auth: 'key',
    scope: 'messages:write',
    body: ServerSend,
    idempotencyKey: true,
    status: 201,
    response: MessageSent,
    errors: [
      'NOT_FOUND',
      'NOT_MEMBER',
      'BANNED',
      'FORBIDDEN',
      'MUTED',
      'BLOCKED',
      'ROOM_FROZEN',
      'ROOM_ARCHIVED',
      'SLOW_MODE',
      'CONFLICT',
      'IDEMPOTENCY_MISMATCH',
      'REJECTED',
      'TOO_LARGE',
      'SERVER_BUSY',
      'UNKNOWN_OUTCOME',
    ],
  },
  serverSendBatch: {
    method: 'post',
    path: '/v1/server/messages/batch',
    summary: 'Send up to 100 messages. Each has its own answer; of one room they keep their order.',
    tag: 'server',
    auth: 'key',
    scope: 'messages:write',
    body: z.strictObject({ messages: z.array(ServerSend).min(1).max(LIMITS.sendsPerBatch) }),
    bodyBytes: LIMITS.batchBodyBytes,
    idempotencyKey: true,
    status: 200,
    response: results(MessageSent),
  },
} as const satisfies Record<string, RouteSpec>
