import { z } from 'zod'

/** Everything that a role may or may not do in a room, with what it means. The table is closed. */
export const PERMISSIONS = {
  'message:send': 'Send messages.',
  'message:attach': 'Send files with messages.',
  'message:react': 'React to messages.',
  'message:mention-all': 'Mention everybody: `@room` and `@here`.',
  'message:edit-own': 'Edit messages of one’s own.',
  'message:delete-own': 'Delete messages of one’s own.',
  'message:delete-any': 'Delete messages of others.',
  'message:pin': 'Pin and unpin messages.',
  'message:ephemeral': 'Show a message to one person only, without storing it.',
  'room:update': 'Change name, topic, avatar, visibility and settings.',
  'room:freeze': 'Freeze and unfreeze the room, set slow mode.',
  'room:archive': 'Archive the room and bring it back.',
  'room:delete': 'Delete the room for everybody.',
  'room:export': 'Export the room’s messages.',
  'members:invite': 'Make invites.',
  'members:add': 'Add people.',
  'members:remove': 'Remove people of a lower role.',
  'members:role': 'Change roles below one’s own, and set what roles may do in this room.',
  'moderation:mute': 'Mute people of a lower role.',
  'moderation:ban': 'Ban people of a lower role.',
  'moderation:exempt': 'Be free of slow mode, the frozen room and the word list.',
  'moderation:review': 'See and settle reports, and read the audit log of the room.',
} as const

export type Permission = keyof typeof PERMISSIONS
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as [Permission, ...Permission[]]
export const PermissionName = z.enum(PERMISSION_NAMES).meta({ id: 'PermissionName' })

export const BUILT_IN_ROLES = ['owner', 'admin', 'moderator', 'member', 'guest'] as const
export type BuiltInRole = (typeof BUILT_IN_ROLES)[number]

/** A role has a rank: one acts on those of a lower rank only, and grants only lower ranks. */
export interface RoleDefinition {
  readonly rank: number
  readonly permissions: ReadonlySet<Permission>
}

const guest: Permission[] = ['message:send', 'message:react', 'message:edit-own']
const member: Permission[] = [...guest, 'message:attach', 'message:delete-own', 'members:invite']
const moderator: Permission[] = [
  ...member,
  'message:mention-all',
  'message:delete-any',
  'message:pin',
  'message:ephemeral',
  'room:freeze',
  'members:add',
  'members:remove',
  'moderation:mute',
  'moderation:ban',
  'moderation:exempt',
  'moderation:review',
]
const admin: Permission[] = [
  ...moderator,
  'room:update',
  'room:archive',
  'room:export',
  'members:role',
]

const role = (rank: number, permissions: readonly Permission[]): RoleDefinition => ({
  rank,
  permissions: new Set(permissions),
})

/** What the built-in roles may do where a room does not say otherwise. */
export const ROLES: Readonly<Record<BuiltInRole, RoleDefinition>> = {
  owner: role(100, PERMISSION_NAMES),
  admin: role(75, admin),
  moderator: role(50, moderator),
  member: role(25, member),
  guest: role(0, guest),
}

/** In DMs and group DMs everybody is a `member`, and may also pin and mention everybody. */
export const DIRECT_ROLE: RoleDefinition = role(25, [
  ...guest,
  'message:attach',
  'message:delete-own',
  'message:pin',
  'message:mention-all',
  'room:export',
])

/** What a room changes about its roles, by the name of the role. The owner cannot be denied anything. */
export const RoleOverrides = z
  .record(
    z.string().regex(/^[a-z][a-z0-9-]{0,31}$/u, 'must be the name of a role'),
    z.strictObject({
      allow: z.array(PermissionName).max(PERMISSION_NAMES.length).optional(),
      deny: z.array(PermissionName).max(PERMISSION_NAMES.length).optional(),
    }),
  )
  .refine((overrides) => Object.keys(overrides).length <= 20, 'must name at most 20 roles')
  .refine((overrides) => !('owner' in overrides), 'must not name the owner')
  .meta({ id: 'RoleOverrides' })
export type RoleOverrides = z.infer<typeof RoleOverrides>

/** Of a role in a room that may override it. Denying wins. */
export function isAllowed(
  permission: Permission,
  roleName: string,
  definition: RoleDefinition,
  overrides: RoleOverrides | null,
): boolean {
  const change = roleName === 'owner' ? undefined : overrides?.[roleName]
  if (change?.deny?.includes(permission) === true) return false
  return definition.permissions.has(permission) || change?.allow?.includes(permission) === true
}
