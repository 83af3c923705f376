import { ROUTES, WHOLE_LIST } from '@parley/message-schema'
import { route, type BoundRoute } from '../http/route.ts'
import type { MyAccount } from '../users/my-account.ts'

export const createAccountRoutes = (account: MyAccount): BoundRoute[] => [
  route(ROUTES.patchMe, async ({ identity, body }) => ({
    user: await account.change(identity.userId, body),
  })),
  route(ROUTES.listSessions, async ({ identity }) => ({
    data: await account.sessions(identity),
    page: WHOLE_LIST,
  })),
  route(ROUTES.deleteSession, async ({ identity, params }) => {
    await account.endSession(identity.userId, params.id)
    return undefined
  }),
  route(ROUTES.deleteOtherSessions, async ({ identity }) => ({
    ended: await account.endOthers(identity),
  })),
  route(ROUTES.listBlocks, async ({ identity, query: { after, limit } }) => {
    const { blocks, hasMore } = await account.blocks(identity.userId, after, limit)
    return {
      data: blocks,
      page: {
        before: null,
        after: blocks.at(-1)?.user.id ?? after ?? null,
        hasMoreBefore: after !== undefined,
        hasMoreAfter: hasMore,
      },
    }
  }),
  route(ROUTES.putBlock, async ({ identity, params }) => {
    await account.block(identity.userId, params.userId)
    return undefined
  }),
  route(ROUTES.deleteBlock, async ({ identity, params }) => {
    await account.unblock(identity.userId, params.userId)
    return undefined
  }),
]
