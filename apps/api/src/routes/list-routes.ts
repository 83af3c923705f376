import { ROUTES } from '@parley/message-schema'
import { route, type BoundRoute } from '../http/route.ts'
import type { ManageTypes } from '../moderation/manage-types.ts'
import type { ManageWords } from '../moderation/manage-words.ts'
import { pageOf } from '../moderation/page-of.ts'

/** The lists that messages are checked by: blocked words, and types with their schemas. */
export const createListRoutes = (words: ManageWords, types: ManageTypes): BoundRoute[] => [
  route(ROUTES.listBlockedWords, async ({ query: { after, limit } }) =>
    pageOf(await words.list(after, limit + 1), limit, after, ({ id }) => id),
  ),
  route(ROUTES.createBlockedWords, async ({ identity, body }) => ({
    words: await words.add(identity, body.words),
  })),
  route(ROUTES.getBlockedWord, async ({ params }) => ({ word: await words.find(params.id) })),
  route(ROUTES.patchBlockedWord, async ({ identity, params, body }) => ({
    word: await words.change(identity, params.id, body),
  })),
  route(ROUTES.deleteBlockedWord, async ({ identity, params }) => {
    await words.remove(identity, params.id)
    return undefined
  }),
  route(ROUTES.listMessageTypes, async ({ query: { after, limit } }) =>
    pageOf(await types.list(after, limit + 1), limit, after, ({ name }) => name),
  ),
  route(ROUTES.getMessageType, async ({ params }) => ({
    messageType: await types.find(params.name),
  })),
  route(ROUTES.putMessageType, async ({ identity, params, body }) => ({
    messageType: await types.put(identity, params.name, body.schema),
  })),
  route(ROUTES.deleteMessageType, async ({ identity, params }) => {
    await types.remove(identity, params.name)
    return undefined
  }),
]
