import { z } from 'zod'
import { PermissionName } from './permissions.ts'
import { MemberRole } from './room.ts'

/** Between that of a guest (0) and that of an owner (100): an owner has nobody above. */
export const RoleRank = z.int().min(1).max(99)

export const Role = z
  .object({
    name: MemberRole,
    /** One acts on those of a lower rank only, and grants only lower ranks. */
    rank: z.int(),
    permissions: z.array(PermissionName),
    builtIn: z.boolean(),
  })
  .meta({ id: 'Role' })
export type Role = z.infer<typeof Role>
