import { createHash } from 'node:crypto'
import { ROUTES, type Event } from '@parley/message-schema'
import type { EventsPage, GetEventsPage, ListEvents } from '../history/list-events.ts'
import type { SyncRooms } from '../history/sync-rooms.ts'
import { abortSignalOf } from '../http/abort-signal.ts'
import { route, type BoundRoute } from '../http/route.ts'
import { sendPieces } from '../http/send-lines.ts'

export interface LogOperations {
  readonly listEvents: ListEvents
  readonly getEventsPage: GetEventsPage
  readonly syncRooms: SyncRooms
}

/** Of the events alone: the head beside them moves on. */
const etagOf = (events: readonly Event[]): string =>
  `W/"${createHash('sha256').update(JSON.stringify(events)).digest('base64url')}"`

/** The same text as of a page at once, event by event. */
async function* pageInPieces(
  { data, ...page }: EventsPage,
  rest: AsyncIterable<readonly Event[]>,
): AsyncGenerator<string> {
  let before = '{"data":['
  for (const event of data) {
    yield before + JSON.stringify(event)
    before = ','
  }
  for await (const some of rest) for (const event of some) yield `,${JSON.stringify(event)}`
  yield `],${JSON.stringify(page).slice(1)}`
}

export const createLogRoutes = (operations: LogOperations): BoundRoute[] => [
  route(ROUTES.listEvents, ({ identity, params, query, response }) =>
    operations.listEvents(identity.userId, params.id, query, abortSignalOf(response)),
  ),
  route(ROUTES.getEventsPage, async ({ identity, params, response }) => {
    const found = await operations.getEventsPage(identity.userId, params.id, params.n)
    const { isFull, rest, ...page } = found
    // One browser may be used by several people: nobody is shown what another one's page cached.
    response.vary('Authorization')
    if (isFull && rest === undefined) response.setHeader('ETag', etagOf(page.data))
    response.setHeader(
      'Cache-Control',
      isFull ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    )
    // What is answered here is not answered again.
    if (rest !== undefined) await sendPieces(response, 'application/json', pageInPieces(page, rest))
    return page
  }),
  route(ROUTES.postSync, ({ identity, body, response }) =>
    operations.syncRooms(identity.userId, body, abortSignalOf(response)),
  ),
]
