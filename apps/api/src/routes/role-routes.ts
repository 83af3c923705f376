import { ROUTES, WHOLE_LIST } from '@parley/message-schema'
import { route, type BoundRoute } from '../http/route.ts'
import type { ManageRoles } from '../roles/manage-roles.ts'

export const createRoleRoutes = (roles: ManageRoles): BoundRoute[] => [
  route(ROUTES.listRoles, async () => ({ data: await roles.list(), page: WHOLE_LIST })),
  route(ROUTES.putRole, async ({ identity, params, body }) => ({
    role: await roles.put(identity, params.name, body),
  })),
  route(ROUTES.deleteRole, async ({ identity, params }) => {
    await roles.remove(identity, params.name)
    return undefined
  }),
]
