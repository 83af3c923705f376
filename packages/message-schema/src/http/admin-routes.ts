import { z } from 'zod'
import { AuditRecord } from '../audit.ts'
import { RoomId, Timestamp, Uuid } from '../ids.ts'
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

export const adminRoutes = {
  getStats: {
    method: 'get',
    path: '/v1/admin/stats',
    summary: 'How much there is: rooms, users, messages.',
    tag: 'admin',
    auth: 'key',
    scope: 'admin:read',
    status: 200,
    response: z.object({ stats: Stats }),
  },
  listAudit: {
    method: 'get',
    path: '/v1/audit-log',
    summary: 'Who did what, ascending; the latest without a position.',
    tag: 'admin',
    auth: 'key',
    scope: 'audit:read',
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
