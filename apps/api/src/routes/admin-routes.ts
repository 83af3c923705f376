import { HOT_ROOMS_WINDOW_S, ParleyError, ROUTES, type InspectedRoom } from '@parley/message-schema'
import type { LookAtWork } from '../admin/look-at-work.ts'
import type { ReadCluster } from '../admin/read-cluster.ts'
import type { ExplainUnread } from '../db/messages/explain-unread-store.ts'
import { route, type BoundRoute } from '../http/route.ts'

export interface AdminOperations {
  readonly cluster: ReadCluster
  readonly work: Pick<LookAtWork, 'read' | 'retry'>
  readonly inspectRoom: (roomId: string) => Promise<InspectedRoom | null>
  readonly explainUnread: ExplainUnread
}

function orMissing<Found>(found: Found | null, message: string): Found {
  if (found === null) throw new ParleyError('NOT_FOUND', { message })
  return found
}

/** What operators look at. */
export const createAdminRoutes = (operations: AdminOperations): BoundRoute[] => [
  route(ROUTES.getCluster, async () => ({ cluster: await operations.cluster.status() })),
  route(ROUTES.listHotRooms, async () => ({
    rooms: await operations.cluster.hotRooms(),
    windowS: HOT_ROOMS_WINDOW_S,
  })),
  route(ROUTES.inspectRoom, async ({ params }) => ({
    room: orMissing(await operations.inspectRoom(params.roomId), 'There is no such room.'),
  })),
  route(ROUTES.getWork, async () => ({ work: await operations.work.read() })),
  route(ROUTES.retryJob, async ({ params }) => {
    await operations.work.retry(params.queue, params.jobId)
    return undefined
  }),
  route(ROUTES.explainUnread, async ({ params: { userId, roomId } }) => ({
    unread: orMissing(
      await operations.explainUnread(userId, roomId),
      'This person never was in this room, or there is no such room.',
    ),
  })),
]
