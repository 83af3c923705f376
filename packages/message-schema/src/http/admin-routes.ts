import { z } from 'zod'
import { AuditRecord } from '../audit.ts'
import {
  ClusterStatus,
  HotRoom,
  InspectedRoom,
  JobId,
  QueueName,
  UnreadExplanation,
  WorkStatus,
} from '../cluster.ts'
import { RoomId, Timestamp, UserId, Uuid } from '../ids.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

export const Stats = z
  .object({
    at: Timestamp,
    rooms: z.int().nonnegative(),
    users: z.int().nonnegative(),
    messages: z.int().nonnegative(),
    /** Names of the gateways that are there now; `null` while Redis, which knows, is away. */
    gateways: z.array(z.string()).nullable(),
    /** Since about a day ago, at the hour; `since` is absent before there is a first hour. */
    lastDay: z.object({ messages: z.int().nonnegative(), since: Timestamp.nullable() }),
  })
  .meta({ id: 'Stats' })

const ofAdmin = { tag: 'admin', auth: 'key', scope: 'admin:read', operators: true } as const

export const adminRoutes = {
  getStats: {
    method: 'get',
    path: '/v1/admin/stats',
    summary: 'How much there is: rooms, users, messages.',
    tag: 'admin',
    auth: 'key',
    scope: 'admin:read',
    operators: true,
    status: 200,
    response: z.object({ stats: Stats }),
  },
  getCluster: {
    ...ofAdmin,
    method: 'get',
    path: '/v1/admin/cluster',
    summary: 'The servers that live now, as each said of itself within the last seconds.',
    status: 200,
    response: z.object({ cluster: ClusterStatus }),
  },
  listHotRooms: {
    ...ofAdmin,
    method: 'get',
    path: '/v1/admin/rooms',
    summary: 'The rooms with the most messages of the last five minutes, the hottest first.',
    status: 200,
    response: z.object({
      /** `null` while Redis is away: then nothing is known of other servers. */
      rooms: z.array(HotRoom).nullable(),
      windowS: z.int().positive(),
    }),
  },
  inspectRoom: {
    ...ofAdmin,
    method: 'get',
    path: '/v1/admin/rooms/:roomId',
    summary: 'Any room by its id, a deleted one too: how it is, and its first hundred members.',
    params: z.object({ roomId: RoomId }),
    status: 200,
    response: z.object({ room: InspectedRoom }),
    errors: ['NOT_FOUND'],
  },
  getWork: {
    ...ofAdmin,
    method: 'get',
    path: '/v1/admin/jobs',
    summary: 'What workers have to do: jobs by queue and state, those that failed, and what lags.',
    status: 200,
    response: z.object({ work: WorkStatus }),
  },
  retryJob: {
    ...ofAdmin,
    method: 'post',
    path: '/v1/admin/jobs/:queue/:jobId/retry',
    scope: 'admin:write',
    summary: 'Try a job that failed once more.',
    params: z.object({ queue: QueueName, jobId: JobId }),
    repeatable: true,
    status: 204,
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
  explainUnread: {
    ...ofAdmin,
    method: 'get',
    path: '/v1/admin/unread/:userId/:roomId',
    summary: 'Why a person has so many unread messages in a room, line by line.',
    params: z.object({ userId: UserId, roomId: RoomId }),
    costly: true,
    status: 200,
    response: z.object({ unread: UnreadExplanation }),
    errors: ['NOT_FOUND'],
  },
  listAudit: {
    method: 'get',
    path: '/v1/audit-log',
    summary: 'Who did what, ascending; the latest without a position.',
    tag: 'admin',
    auth: 'key',
    scope: 'audit:read',
    operators: true,
    query: z
      .strictObject({
        roomId: RoomId.optional(),
        before: Uuid.optional(),
        after: Uuid.optional(),
        limit: pageLimit(500, 100),
      })
      .refine((q) => q.before === undefined || q.after === undefined, {
        message: 'takes one of before and after',
      }),
    status: 200,
    response: page(AuditRecord),
  },
} as const satisfies Record<string, RouteSpec>
