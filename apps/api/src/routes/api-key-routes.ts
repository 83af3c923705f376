import { ROUTES } from '@parley/message-schema'
import type { ManageKeys } from '../api-keys/manage-keys.ts'
import { route, type BoundRoute } from '../http/route.ts'

export const createApiKeyRoutes = (keys: ManageKeys): BoundRoute[] => [
  route(ROUTES.listApiKeys, async ({ query: { after, limit } }) => {
    const { keys: data, hasMore } = await keys.list(after, limit)
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
  route(ROUTES.createApiKey, ({ identity, body }) => keys.create(identity, body)),
  route(ROUTES.getApiKey, async ({ params }) => ({ apiKey: await keys.find(params.id) })),
  route(ROUTES.patchApiKey, async ({ identity, params, body }) => ({
    apiKey: await keys.change(identity, params.id, body),
  })),
  route(ROUTES.deleteApiKey, async ({ identity, params }) => {
    await keys.revoke(identity, params.id)
    return undefined
  }),
  route(ROUTES.rotateApiKey, ({ identity, params, body }) =>
    keys.rotate(identity, params.id, body.graceS),
  ),
]
