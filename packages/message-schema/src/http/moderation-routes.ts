import { z } from 'zod'
import { AuditRecord } from '../audit.ts'
import { RoomId, Seq, Timestamp, UserId, Uuid } from '../ids.ts'
import { ModerationAction, Reason } from '../moderation.ts'
import { messageTypeRoutes } from './message-type-routes.ts'
import { endShape, HAS_ONE_END, hasOneEnd } from './moderation-end.ts'
import { page, pageLimit } from './page.ts'
import { reportRoutes } from './report-routes.ts'
import type { RouteSpec } from './route.ts'
import { wordRoutes } from './word-routes.ts'

const roomParams = z.object({ id: RoomId })
const memberParams = z.object({ id: RoomId, userId: UserId })
/** Read as `{}` when it is left out. */
const actBody = z
  .strictObject({ ...endShape, reason: Reason.optional() })
  .refine(hasOneEnd, HAS_ONE_END)
  .default({})
/** `seq` of the event; absent where nothing was to be changed. */
const Acted = z.object({ seq: Seq.optional() }).meta({ id: 'Acted' })
const ActedUntil = Acted.extend({ until: Timestamp.nullable() }).meta({ id: 'ActedUntil' })
const Restricted = z
  .object({
    userId: UserId,
    username: z.string().nullable(),
    displayName: z.string(),
    /** `null`: until it is taken back. */
    until: Timestamp.nullable(),
  })
  .meta({ id: 'Restricted' })
const restrictedQuery = z.strictObject({ after: UserId.optional(), limit: pageLimit(200, 50) })

const reading = ['NOT_FOUND', 'NOT_MEMBER', 'BANNED', 'FORBIDDEN'] as const
const acting = [...reading, 'SERVER_BUSY', 'UNKNOWN_OUTCOME'] as const

export const moderationRoutes = {
  listBans: {
    method: 'get',
    path: '/v1/rooms/:id/bans',
    summary: 'Who is banned now.',
    tag: 'moderation',
    auth: 'user',
    params: roomParams,
    query: restrictedQuery,
    status: 200,
    response: page(Restricted),
    errors: reading,
  },
  putBan: {
    method: 'put',
    path: '/v1/rooms/:id/bans/:userId',
    summary: 'Ban: a member is removed by it, and nobody comes in until it ends.',
    tag: 'moderation',
    auth: 'user',
    params: memberParams,
    body: actBody,
    status: 200,
    response: ActedUntil,
    errors: acting,
  },
  deleteBan: {
    method: 'delete',
    path: '/v1/rooms/:id/bans/:userId',
    summary: 'End a ban. Whoever was banned may come back, and is not brought back.',
    tag: 'moderation',
    auth: 'user',
    params: memberParams,
    status: 200,
    response: Acted,
    errors: acting,
  },
  listMutes: {
    method: 'get',
    path: '/v1/rooms/:id/mutes',
    summary: 'Who is muted now.',
    tag: 'moderation',
    auth: 'user',
    params: roomParams,
    query: restrictedQuery,
    status: 200,
    response: page(Restricted),
    errors: reading,
  },
  putMute: {
    method: 'put',
    path: '/v1/rooms/:id/mutes/:userId',
    summary: 'Mute: they read on, and say nothing until it ends.',
    tag: 'moderation',
    auth: 'user',
    params: memberParams,
    body: actBody,
    status: 200,
    response: ActedUntil,
    errors: acting,
  },
  deleteMute: {
    method: 'delete',
    path: '/v1/rooms/:id/mutes/:userId',
    summary: 'End a mute.',
    tag: 'moderation',
    auth: 'user',
    params: memberParams,
    status: 200,
    response: Acted,
    errors: acting,
  },
  createKick: {
    method: 'post',
    path: '/v1/rooms/:id/kicks',
    summary: 'Remove a member and say why. They may come back the way they came.',
    tag: 'moderation',
    auth: 'user',
    params: roomParams,
    body: z.strictObject({ userId: UserId, reason: Reason.optional() }),
    status: 200,
    response: Acted,
    errors: acting,
  },
  createServerAct: {
    method: 'post',
    path: '/v1/server/moderation/acts',
    summary: 'Mute, ban or kick in any room, or take it back, in the name of the system.',
    tag: 'server-moderation',
    auth: 'key',
    scope: 'moderation:write',
    body: z
      .strictObject({
        roomId: RoomId,
        userId: UserId,
        action: ModerationAction,
        ...endShape,
        reason: Reason.optional(),
      })
      .refine(hasOneEnd, HAS_ONE_END),
    status: 200,
    response: ActedUntil,
    errors: ['NOT_FOUND', 'FORBIDDEN', 'SERVER_BUSY', 'UNKNOWN_OUTCOME'],
  },
  listRoomAudit: {
    method: 'get',
    path: '/v1/rooms/:id/audit',
    summary: 'What moderators and settings did in this room, the latest first.',
    tag: 'moderation',
    auth: 'user',
    params: roomParams,
    query: z.strictObject({ before: Uuid.optional(), limit: pageLimit(200, 50) }),
    status: 200,
    response: page(AuditRecord),
    errors: reading,
  },
  ...reportRoutes,
  ...wordRoutes,
  ...messageTypeRoutes,
} as const satisfies Record<string, RouteSpec>
