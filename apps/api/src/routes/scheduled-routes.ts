import { ROUTES } from '@parley/message-schema'
import { idempotencyKeyOf, clientMsgIdOf } from '../http/idempotency-key.ts'
import { route, type BoundRoute } from '../http/route.ts'
import type { ScheduledOperations } from '../scheduled/scheduled-messages.ts'

export const createScheduledRoutes = (operations: ScheduledOperations): BoundRoute[] => [
  route(ROUTES.createScheduled, async ({ identity, params, body, request }) => {
    const { clientMsgId } = body
    const isNamed = clientMsgId !== undefined || idempotencyKeyOf(request) !== undefined
    return {
      scheduled: await operations.create(identity.userId, params.id, {
        ...body,
        ...(isNamed && { clientMsgId: clientMsgIdOf(request, clientMsgId) }),
      }),
    }
  }),
  route(ROUTES.listScheduled, async ({ identity, query: { status, after, limit } }) => {
    const { data, hasMore } = await operations.list(identity.userId, {
      limit,
      ...(status !== undefined && { status }),
      ...(after !== undefined && { after }),
    })
    return {
      data,
      page: {
        before: null,
        after: data.at(-1)?.id ?? after ?? null,
        hasMoreBefore: after !== undefined,
        hasMoreAfter: hasMore,
      },
    }
  }),
  route(ROUTES.patchScheduled, async ({ identity, params, body }) => ({
    scheduled: await operations.change(identity.userId, params.id, body),
  })),
  route(ROUTES.deleteScheduled, async ({ identity, params }) => {
    await operations.remove(identity.userId, params.id)
    return undefined
  }),
]
