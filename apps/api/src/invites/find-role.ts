import { ROLES, type RoleDefinition } from '@parley/message-schema'
import type { RoleStore } from '../db/rooms/role-store.ts'
import { isBuiltIn } from '../room-log/authority.ts'

/** `undefined` where there is no role of that name. */
export async function findRole(
  roles: Pick<RoleStore, 'find'>,
  name: string,
): Promise<RoleDefinition | undefined> {
  if (isBuiltIn(name)) return ROLES[name]
  const role = await roles.find(name)
  return role === null ? undefined : { rank: role.rank, permissions: new Set(role.permissions) }
}
