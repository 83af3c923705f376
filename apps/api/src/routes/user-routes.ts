import { invalid, ParleyError, ROUTES, UserId, WHOLE_LIST } from '@parley/message-schema'
import type { Operators } from '../auth/operators.ts'
import type { UserStore } from '../db/users/user-store.ts'
import { route, type BoundRoute } from '../http/route.ts'

const IDS = 100

function readIds(list: string): string[] {
  const ids = [...new Set(list.split(',').filter((id) => id !== ''))]
  if (ids.length > IDS || ids.some((id) => !UserId.safeParse(id).success)) {
    throw invalid('ids', `must be at most ${IDS} user ids`)
  }
  return ids
}

async function requireUser(users: Pick<UserStore, 'find'>, id: string) {
  const user = await users.find(id)
  if (user === null) throw new ParleyError('NOT_FOUND', { message: 'There is no such user.' })
  return { user }
}

type Users = Pick<UserStore, 'find' | 'findMany' | 'findByPrefix'>

export const createUserRoutes = (users: Users, operators: Operators): BoundRoute[] => [
  route(ROUTES.getMe, async ({ identity: { userId, viaKey } }) => ({
    ...(await requireUser(users, userId)),
    // A backend that acts for an operator is none itself.
    ...(viaKey === undefined && operators.has(userId) && { operator: true as const }),
  })),
  route(ROUTES.getUser, ({ params }) => requireUser(users, params.id)),
  route(ROUTES.listUsers, async ({ query: { ids, q, limit } }) => {
    if ((ids === undefined) === (q === undefined || q === '')) {
      throw invalid('', 'takes one of ids and q')
    }
    const data =
      ids === undefined
        ? await users.findByPrefix(q ?? '', limit)
        : await users.findMany(readIds(ids))
    return { data, page: WHOLE_LIST }
  }),
]
