import { z } from 'zod'
import { PERMISSION_NAMES, PermissionName } from '../permissions.ts'
import { Role, RoleRank } from '../role.ts'
import { MemberRole } from '../room.ts'
import { page } from './page.ts'
import type { RouteSpec } from './route.ts'

const roleParams = z.object({ name: MemberRole })

export const roleRoutes = {
  listRoles: {
    method: 'get',
    path: '/v1/roles',
    summary: 'Roles that a member may have, highest first, and what they may do.',
    tag: 'rooms',
    auth: 'user',
    status: 200,
    response: page(Role),
  },
  putRole: {
    method: 'put',
    path: '/v1/roles/:name',
    summary: 'Make or change a role beside the built-in ones; it holds in all rooms at once.',
    tag: 'rooms',
    auth: 'key',
    scope: 'rooms:write',
    params: roleParams,
    body: z.strictObject({
      rank: RoleRank,
      permissions: z.array(PermissionName).max(PERMISSION_NAMES.length),
    }),
    status: 200,
    response: z.object({ role: Role }),
    errors: ['CONFLICT', 'TOO_LARGE'],
  },
  deleteRole: {
    method: 'delete',
    path: '/v1/roles/:name',
    summary: 'Delete a role. Who has it keeps its name, and may do nothing until it is changed.',
    tag: 'rooms',
    auth: 'key',
    scope: 'rooms:write',
    params: roleParams,
    status: 204,
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
} as const satisfies Record<string, RouteSpec>
