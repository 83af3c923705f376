import { ROUTES, SYSTEM_ID, type Actor, type ModerationAction } from '@parley/message-schema'
import type { AuditStore } from '../db/server/audit-store.ts'
import type { ListRestricted } from '../db/rooms/restricted-store.ts'
import { route, type BoundRoute } from '../http/route.ts'
import type { ActOnMember } from '../moderation/act-on-member.ts'
import type { End } from '../moderation/end-of.ts'
import type { FileReport } from '../moderation/file-report.ts'
import { pageOf } from '../moderation/page-of.ts'
import type { ReviewQueue } from '../moderation/review-queue.ts'
import type { SettleReport } from '../moderation/settle-report.ts'

export interface ModerationOperations {
  readonly act: ActOnMember
  readonly listRestricted: ListRestricted
  /** Throws for whom it is not. */
  readonly requireMay: (
    userId: string,
    roomId: string,
    permission: 'moderation:ban' | 'moderation:mute' | 'moderation:review',
  ) => Promise<unknown>
  readonly audit: AuditStore['list']
  readonly fileReport: FileReport
  readonly queue: ReviewQueue
  readonly settle: SettleReport
}

const actorOf = (id: string): Actor => ({ id, kind: 'user' })
const SYSTEM: Actor = { id: SYSTEM_ID, kind: 'system' }

type Ending = End & { readonly reason?: string | undefined }

const memberRoutes = (operations: ModerationOperations): BoundRoute[] => {
  const act = (
    callerId: string,
    { id, userId }: { readonly id: string; readonly userId: string },
    action: ModerationAction,
    more: Ending = {},
  ) => operations.act(actorOf(callerId), { roomId: id, userId, action, ...more })
  /** Nothing that these do has an end. */
  const actOnce = async (...asked: Parameters<typeof act>) => {
    const { seq } = await act(...asked)
    return seq === undefined ? {} : { seq }
  }
  const listed = async (
    what: 'banned' | 'muted',
    roomId: string,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ) => {
    const found = await operations.listRestricted(what, roomId, after, limit + 1)
    return pageOf(found, limit, after, ({ userId }) => userId)
  }
  return [
    route(ROUTES.listBans, async ({ identity, params, query }) => {
      await operations.requireMay(identity.userId, params.id, 'moderation:ban')
      return listed('banned', params.id, query)
    }),
    route(ROUTES.putBan, ({ identity, params, body }) => act(identity.userId, params, 'ban', body)),
    route(ROUTES.deleteBan, ({ identity, params }) => actOnce(identity.userId, params, 'unban')),
    route(ROUTES.listMutes, async ({ identity, params, query }) => {
      await operations.requireMay(identity.userId, params.id, 'moderation:mute')
      return listed('muted', params.id, query)
    }),
    route(ROUTES.putMute, ({ identity, params, body }) =>
      act(identity.userId, params, 'mute', body),
    ),
    route(ROUTES.deleteMute, ({ identity, params }) => actOnce(identity.userId, params, 'unmute')),
    route(ROUTES.createKick, ({ identity, params, body: { userId, reason } }) =>
      actOnce(identity.userId, { id: params.id, userId }, 'kick', { reason }),
    ),
    route(ROUTES.createServerAct, ({ body }) => operations.act(SYSTEM, body)),
    route(ROUTES.listRoomAudit, async ({ identity, params, query: { before, limit } }) => {
      await operations.requireMay(identity.userId, params.id, 'moderation:review')
      const found = await operations.audit({ roomId: params.id, before, limit })
      const data = found.toReversed().slice(0, limit)
      const page = {
        before: data.at(-1)?.id ?? null,
        after: data.at(0)?.id ?? before ?? null,
        hasMoreBefore: found.length > limit,
        hasMoreAfter: before !== undefined,
      }
      return { data, page }
    }),
  ]
}

const reportRoutes = ({ fileReport, queue, settle }: ModerationOperations): BoundRoute[] => [
  route(ROUTES.createReport, async ({ identity, body }) => ({
    report: await fileReport(identity.userId, body),
  })),
  route(ROUTES.listQueue, ({ identity, query }) => queue.ofUser(identity.userId, query)),
  route(ROUTES.settleReport, async ({ identity: { userId }, params, body }) => ({
    report: await settle({ actor: actorOf(userId), id: userId, kind: 'user' }, params.id, body),
  })),
  route(ROUTES.listServerQueue, ({ query }) => queue.ofAll(query)),
  route(ROUTES.settleServerReport, async ({ identity: { keyId, isOperator }, params, body }) => {
    const kind = isOperator === true ? 'operator' : 'key'
    return { report: await settle({ actor: SYSTEM, id: keyId, kind }, params.id, body) }
  }),
]

export const createModerationRoutes = (operations: ModerationOperations): BoundRoute[] => [
  ...memberRoutes(operations),
  ...reportRoutes(operations),
]
