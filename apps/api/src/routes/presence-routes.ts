import { invalid, LIMITS, ROUTES, UserId } from '@parley/message-schema'
import { route, type BoundRoute } from '../http/route.ts'
import type { PresenceOfUsers } from '../presence/create-presence.ts'

function readIds(list: string): string[] {
  const ids = [...new Set(list.split(',').filter((id) => id !== ''))]
  const max = LIMITS.presenceSubscriptions
  if (ids.length > max || ids.some((id) => !UserId.safeParse(id).success)) {
    throw invalid('ids', `must be at most ${max} user ids`)
  }
  return ids
}

export const createPresenceRoutes = ({
  listPresence,
}: Pick<PresenceOfUsers, 'listPresence'>): BoundRoute[] => [
  route(ROUTES.listPresence, async ({ identity, query }) => ({
    states: await listPresence(identity.userId, readIds(query.ids)),
  })),
]
