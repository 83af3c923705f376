import {
  BUILT_IN_ROLES,
  LIMITS,
  ParleyError,
  ROLES,
  type Permission,
  type Role,
} from '@parley/message-schema'
import { byKey } from '../audit/audit-entry.ts'
import type { KeyIdentity } from '../auth/caller.ts'
import type { CustomRole, RoleStore } from '../db/rooms/role-store.ts'
import { isBuiltIn } from '../room-log/authority.ts'

export interface ManageRoles {
  readonly list: () => Promise<Role[]>
  readonly put: (
    key: KeyIdentity,
    name: string,
    role: { readonly rank: number; readonly permissions: readonly Permission[] },
  ) => Promise<Role>
  readonly remove: (key: KeyIdentity, name: string) => Promise<void>
}

const builtIn = (): Role[] =>
  BUILT_IN_ROLES.map((name) => ({
    name,
    rank: ROLES[name].rank,
    permissions: [...ROLES[name].permissions],
    builtIn: true,
  }))

const toRole = ({ name, rank, permissions }: CustomRole): Role => ({
  name,
  rank,
  permissions: [...permissions],
  builtIn: false,
})

function refuseBuiltIn(name: string): void {
  if (!isBuiltIn(name)) return
  throw new ParleyError('CONFLICT', {
    message: `The role ${name} is built in: a room may override what it may do.`,
  })
}

/**
 * Who has a role that is deleted keeps its name and may do nothing, in whatever rooms: to find them all
 * first would take as long as there are members.
 */
export function createManageRoles(roles: Omit<RoleStore, 'find'>): ManageRoles {
  return {
    list: async () =>
      [...builtIn(), ...(await roles.list()).map(toRole)].toSorted(
        (one, other) => other.rank - one.rank,
      ),

    async put({ keyId }, name, { rank, permissions }) {
      refuseBuiltIn(name)
      const role = { name, rank, permissions: [...new Set(permissions)] }
      const audit = { ...byKey(keyId, 'role:put'), details: role }
      if (!(await roles.put(role, audit))) {
        throw new ParleyError('TOO_LARGE', {
          message: `There are at most ${LIMITS.customRoles} roles beside the built-in ones.`,
        })
      }
      return toRole(role)
    },

    async remove({ keyId }, name) {
      refuseBuiltIn(name)
      if (await roles.remove(name, { ...byKey(keyId, 'role:delete'), details: { name } })) return
      throw new ParleyError('NOT_FOUND', { message: 'There is no such role.' })
    },
  }
}
