import { ROUTES } from '@parley/message-schema'
import { abortSignalOf } from '../http/abort-signal.ts'
import { route, type BoundRoute } from '../http/route.ts'
import type { SearchMessages } from '../search/search-messages.ts'

export const createSearchRoutes = (searchMessages: SearchMessages): BoundRoute[] => [
  route(ROUTES.search, ({ identity, query, response }) =>
    searchMessages(identity.userId, query, abortSignalOf(response)),
  ),
]
