import { ROUTES } from '@parley/message-schema'
import { route, type BoundRoute } from '../http/route.ts'
import type { AnswerInvite } from '../invites/answer-invite.ts'
import type { CreateInvite } from '../invites/create-invite.ts'
import type { ManageInvites } from '../invites/manage-invites.ts'

export interface InviteOperations {
  readonly create: CreateInvite
  readonly manage: ManageInvites
  readonly answer: AnswerInvite
}

/** Latest first, read forwards by the id of the last. */
const pageOf = <Item extends { readonly id: string }>(
  data: Item[],
  after: string | undefined,
  hasMore: boolean,
) => ({
  data,
  page: {
    before: null,
    after: data.at(-1)?.id ?? after ?? null,
    hasMoreBefore: after !== undefined,
    hasMoreAfter: hasMore,
  },
})

export const createInviteRoutes = ({ create, manage, answer }: InviteOperations): BoundRoute[] => [
  route(ROUTES.createInvite, ({ identity, params, body }) =>
    create(identity.userId, params.id, body),
  ),
  route(ROUTES.listInvites, async ({ identity, params, query }) => {
    const { invites, hasMore } = await manage.list(identity.userId, params.id, query)
    return pageOf(invites, query.after, hasMore)
  }),
  route(ROUTES.deleteInvite, async ({ identity, params }) => {
    await manage.revoke(identity.userId, params.id, params.inviteId)
    return undefined
  }),
  route(ROUTES.getInvite, async ({ identity, params }) => ({
    invite: await answer.preview(identity.userId, params.code),
  })),
  route(ROUTES.acceptInviteCode, async ({ identity, params }) => ({
    room: await answer.acceptCode(identity, params.code),
  })),
  route(ROUTES.listMyInvites, async ({ identity, query }) => {
    const { invites, hasMore } = await answer.listMine(identity.userId, query)
    return pageOf(invites, query.after, hasMore)
  }),
  route(ROUTES.acceptMyInvite, async ({ identity, params }) => ({
    room: await answer.acceptMine(identity, params.id),
  })),
  route(ROUTES.declineMyInvite, async ({ identity, params }) => {
    await answer.declineMine(identity.userId, params.id)
    return undefined
  }),
]
