import { z } from 'zod'
import { RoomId, Uuid } from '../ids.ts'
import {
  ScheduledChange,
  ScheduledDraft,
  ScheduledMessage,
  ScheduledStatus,
} from '../scheduled-message.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const params = z.object({ id: Uuid })

export const scheduledRoutes = {
  createScheduled: {
    method: 'post',
    path: '/v1/rooms/:id/scheduled',
    summary: 'Send a message later, at most a year ahead. Rights are asked when it is sent.',
    idempotencyKey: true,
    tag: 'messages',
    auth: 'user',
    params: z.object({ id: RoomId }),
    body: ScheduledDraft,
    status: 201,
    response: z.object({ scheduled: ScheduledMessage }),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'REJECTED', 'IDEMPOTENCY_MISMATCH', 'TOO_LARGE'],
  },
  listScheduled: {
    method: 'get',
    path: '/v1/me/scheduled',
    summary: 'My messages that are sent later, and what became of them, in the order of making.',
    tag: 'messages',
    auth: 'user',
    query: z.strictObject({
      status: ScheduledStatus.optional(),
      after: Uuid.optional(),
      limit: pageLimit(100, 50),
    }),
    status: 200,
    response: page(ScheduledMessage),
  },
  patchScheduled: {
    method: 'patch',
    path: '/v1/me/scheduled/:id',
    summary: 'Change what was not tried yet; what has failed is tried once more.',
    tag: 'messages',
    auth: 'user',
    params,
    body: ScheduledChange,
    status: 200,
    response: z.object({ scheduled: ScheduledMessage }),
    errors: ['NOT_FOUND', 'CONFLICT', 'TOO_LARGE'],
  },
  deleteScheduled: {
    method: 'delete',
    path: '/v1/me/scheduled/:id',
    summary: 'Do not send it, or take it off the list.',
    tag: 'messages',
    auth: 'user',
    params,
    status: 204,
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
} as const satisfies Record<string, RouteSpec>
