import { invalid, ROUTES } from '@parley/message-schema'
import { abortSignalOf } from '../http/abort-signal.ts'
import { route, type BoundRoute } from '../http/route.ts'
import type { SearchMessages, SearchQuery } from '../search/search-messages.ts'

/** `after` is a time, or like everywhere else the cursor of a page. */
function withCursor({ after, ...query }: SearchQuery): SearchQuery {
  if (after === undefined || !Number.isNaN(Date.parse(after))) return { ...query, after }
  if (query.cursor !== undefined) throw invalid('cursor', 'was given as after already')
  return { ...query, cursor: after }
}

export const createSearchRoutes = (searchMessages: SearchMessages): BoundRoute[] => [
  route(ROUTES.search, ({ identity, query, response }) =>
    searchMessages(identity.userId, withCursor(query), abortSignalOf(response)),
  ),
]
