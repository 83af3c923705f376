import { ROUTES } from '@parley/message-schema'
import type { ApiConfig } from '../config.ts'
import type { Pool } from '../db/connect.ts'
import { readHeads } from '../db/log/heads-store.ts'
import { createWebhookDeliveryStore } from '../db/webhooks/webhook-delivery-store.ts'
import { createWebhookStore } from '../db/webhooks/webhook-store.ts'
import { route, type BoundRoute } from '../http/route.ts'
import { createGuardedFetch } from '../outgoing/guarded-fetch.ts'
import { createManageWebhooks, type ManageWebhooks } from '../webhooks/manage-webhooks.ts'
import { createPostWebhook } from '../webhooks/post-webhook.ts'
import { createRepeatDeliveries, type RepeatDeliveries } from '../webhooks/repeat-deliveries.ts'

interface Listed {
  readonly id: string
}
const first = (list: readonly Listed[]): string | null => list[0]?.id ?? null
const last = (list: readonly Listed[]): string | null => list.at(-1)?.id ?? null

const managing = (webhooks: ManageWebhooks): BoundRoute[] => [
  route(ROUTES.listWebhooks, async ({ query: { after, limit } }) => {
    const { webhooks: data, hasMore } = await webhooks.list(after, limit)
    const hasMoreBefore = after !== undefined
    return {
      data,
      page: {
        before: null,
        after: last(data) ?? after ?? null,
        hasMoreBefore,
        hasMoreAfter: hasMore,
      },
    }
  }),
  route(ROUTES.createWebhook, ({ identity, body }) => webhooks.create(identity, body)),
  route(ROUTES.getWebhook, async ({ params }) => ({ webhook: await webhooks.find(params.id) })),
  route(ROUTES.patchWebhook, async ({ identity, params, body }) => ({
    webhook: await webhooks.change(identity, params.id, body),
  })),
  route(ROUTES.deleteWebhook, async ({ identity, params }) => {
    await webhooks.remove(identity, params.id)
    return undefined
  }),
  route(ROUTES.enableWebhook, async ({ identity, params, body }) => ({
    webhook: await webhooks.enable(identity, params.id, body.from),
  })),
  route(ROUTES.rotateWebhookSecret, ({ identity, params, body }) =>
    webhooks.rotate(identity, params.id, body.graceS),
  ),
  route(ROUTES.testWebhook, ({ params }) => webhooks.test(params.id)),
]

const repeating = (deliveries: RepeatDeliveries): BoundRoute[] => [
  route(ROUTES.listWebhookDeliveries, async ({ params, query }) => {
    const { deliveries: data, hasMore } = await deliveries.list(params.id, query)
    const isForward = query.after !== undefined
    const hasMoreBefore = isForward || hasMore
    const hasMoreAfter = isForward ? hasMore : query.before !== undefined
    return {
      data,
      page: {
        before: hasMoreBefore ? first(data) : null,
        after: last(data) ?? query.after ?? null,
        hasMoreBefore,
        hasMoreAfter,
      },
    }
  }),
  route(ROUTES.retryWebhookDelivery, async ({ params }) => ({
    delivery: await deliveries.retry(params.id, params.deliveryId),
  })),
  route(ROUTES.replayWebhook, ({ params, body }) => deliveries.replay(params.id, body)),
]

export function createWebhookRoutes(pool: Pool, config: ApiConfig): BoundRoute[] {
  const { webhookAllowedHosts: allowedHosts } = config
  const readRooms = (roomIds: readonly string[]) => readHeads(pool, roomIds)
  const manage = createManageWebhooks({
    store: createWebhookStore(pool),
    post: createPostWebhook(createGuardedFetch({ allowedHosts })),
    allowedHosts,
    readHeads: readRooms,
  })
  const repeat = createRepeatDeliveries({
    store: createWebhookDeliveryStore(pool),
    findWebhook: manage.find,
    readHeads: readRooms,
  })
  return [...managing(manage), ...repeating(repeat)]
}
