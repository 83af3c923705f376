import { z } from 'zod'
import { RoomId, Seq, Uuid } from '../ids.ts'
import { Reason } from '../moderation.ts'
import {
  QueuedReport,
  Report,
  ReportNote,
  ReportReason,
  ReportStatus,
  SettleAction,
} from '../report.ts'
import { endShape, HAS_ONE_END, hasOneEnd } from './moderation-end.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const reportParams = z.object({ id: Uuid })
const queueQuery = z.strictObject({
  roomId: RoomId.optional(),
  status: ReportStatus.default('open'),
  after: Uuid.optional(),
  limit: pageLimit(100, 50),
})
const settleBody = z
  .strictObject({ action: SettleAction, ...endShape, reason: Reason.optional() })
  .refine(hasOneEnd, HAS_ONE_END)
  .refine(
    ({ action, until, forS }) =>
      (until === undefined && forS === undefined) || action === 'mute' || action === 'ban',
    { message: 'is for mutes and bans', path: ['until'] },
  )

export const reportRoutes = {
  createReport: {
    method: 'post',
    path: '/v1/reports',
    summary: 'Show a message to the moderators. Once for each message: a repeat answers the first.',
    repeatable: true,
    tag: 'reports',
    auth: 'user',
    body: z.strictObject({
      roomId: RoomId,
      seq: Seq,
      reason: ReportReason,
      note: ReportNote.optional(),
    }),
    status: 201,
    response: z.object({ report: Report }),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'BANNED', 'FORBIDDEN', 'GONE'],
  },
  listQueue: {
    method: 'get',
    path: '/v1/moderation/queue',
    summary: 'Reports of rooms where I may review them: the oldest open, or the latest settled.',
    tag: 'reports',
    auth: 'user',
    query: queueQuery,
    status: 200,
    response: page(QueuedReport),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'BANNED', 'FORBIDDEN'],
  },
  settleReport: {
    method: 'post',
    path: '/v1/reports/:id/settle',
    summary: 'Settle all open reports of the message at once. Who is second gets `CONFLICT`.',
    repeatable: true,
    tag: 'reports',
    auth: 'user',
    params: reportParams,
    body: settleBody,
    status: 200,
    response: z.object({ report: QueuedReport }),
    errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'SERVER_BUSY', 'UNKNOWN_OUTCOME'],
  },
  listServerQueue: {
    method: 'get',
    path: '/v1/server/moderation/queue',
    summary: 'Reports of all rooms, also of conversations, which have no moderators of their own.',
    tag: 'server-moderation',
    auth: 'key',
    scope: 'moderation:write',
    operators: true,
    query: queueQuery,
    status: 200,
    response: page(QueuedReport),
  },
  settleServerReport: {
    method: 'post',
    path: '/v1/server/reports/:id/settle',
    summary: 'Settle a report of any room, in the name of the system.',
    repeatable: true,
    tag: 'server-moderation',
    auth: 'key',
    scope: 'moderation:write',
    operators: true,
    params: reportParams,
    body: settleBody,
    status: 200,
    response: z.object({ report: QueuedReport }),
    errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'SERVER_BUSY', 'UNKNOWN_OUTCOME'],
  },
} as const satisfies Record<string, RouteSpec>
