import { createLookAtWork } from '../admin/look-at-work.ts'
import { createReadCluster } from '../admin/read-cluster.ts'
import { createOutboxLag } from '../db/log/outbox-lag.ts'
import { createExplainUnread } from '../db/messages/explain-unread-store.ts'
import { createSearchTodo } from '../db/search/search-todo.ts'
import { createRoomFactsStore } from '../db/server/room-facts-store.ts'
import type { BoundRoute } from '../http/route.ts'
import { createAdminRoutes } from './admin-routes.ts'
import type { RoutePorts } from './create-routes.ts'

export function wireAdminRoutes(ports: RoutePorts): BoundRoute[] {
  const { config, logPool, redis, ownReport, logger } = ports
  const rooms = createRoomFactsStore(logPool)
  const { waiting } = createSearchTodo(logPool)
  const work = createLookAtWork({
    redis,
    prefix: config.jobsPrefix,
    outbox: createOutboxLag(logPool),
    search: async () => {
      const { rooms: late, oldestMs } = await waiting()
      return { rooms: late, oldestMs: Math.max(0, Math.round(oldestMs)) }
    },
    logger,
  })
  return createAdminRoutes({
    cluster: createReadCluster({ redis, own: ownReport, rooms }),
    work,
    inspectRoom: rooms.inspect,
    explainUnread: createExplainUnread(logPool),
  })
}
