import { createHash } from 'node:crypto'
import { ROUTES, type Event } from '@parley/message-schema'
import type { GetEventsPage, ListEvents } from '../history/list-events.ts'
import type { SyncRooms } from '../history/sync-rooms.ts'
import { abortSignalOf } from '../http/abort-signal.ts'
import { route, type BoundRoute } from '../http/route.ts'

export interface LogOperations {
  readonly listEvents: ListEvents
  readonly getEventsPage: GetEventsPage
  readonly syncRooms: SyncRooms
}

/** Of the events alone: the head beside them moves on. */
const etagOf = (events: readonly Event[]): string =>
  `W/"${createHash('sha256').update(JSON.stringify(events)).digest('base64url')}"`

export const createLogRoutes = (operations: LogOperations): BoundRoute[] => [
  route(ROUTES.listEvents, ({ identity, params, query, response }) =>
    operations.listEvents(identity.userId, params.id, query, abortSignalOf(response)),
  ),
  route(ROUTES.getEventsPage, async ({ identity, params, response }) => {
    const { isFull, ...page } = await operations.getEventsPage(identity.userId, params.id, params.n)
    // One browser may be used by several people: nobody is shown what another one's page cached.
    response.vary('Authorization')
    if (isFull) response.setHeader('ETag', etagOf(page.data))
    response.setHeader(
      'Cache-Control',
      isFull ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    )
    return page
  }),
  route(ROUTES.postSync, ({ identity, body, response }) =>
    operations.syncRooms(identity.userId, body, abortSignalOf(response)),
  ),
]
