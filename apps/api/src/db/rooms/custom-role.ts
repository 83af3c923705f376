import { PERMISSIONS, type Permission, type RoleDefinition } from '@parley/message-schema'

/** What a LEFT JOIN of `custom_role` has found: all of it or nothing. */
export interface CustomRoleColumns {
  readonly role_rank: number | null
  readonly role_permissions: string | null
}

export const CUSTOM_ROLE_COLUMNS = 'c.`rank` AS role_rank, c.permissions AS role_permissions'

/** Permissions that this release does not know are left out. */
export const readPermissions = (json: string): Permission[] =>
  (JSON.parse(json) as string[]).filter((one): one is Permission => Object.hasOwn(PERMISSIONS, one))

export function customRoleOf(row: CustomRoleColumns): RoleDefinition | undefined {
  const { role_rank: rank, role_permissions: json } = row
  if (rank === null || json === null) return undefined
  return { rank, permissions: new Set(readPermissions(json)) }
}
