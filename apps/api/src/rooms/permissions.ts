import type { MemberRole } from '@parley/message-schema'

export type Permission = 'members:add' | 'members:remove'

/** The only place that says who may do what to whom. Rights over messages are the room log's. */
const ROLES: Record<MemberRole, { rank: number; permissions: ReadonlySet<Permission> }> = {
  owner: { rank: 4, permissions: new Set(['members:add', 'members:remove']) },
  admin: { rank: 3, permissions: new Set(['members:add', 'members:remove']) },
  moderator: { rank: 2, permissions: new Set(['members:add', 'members:remove']) },
  member: { rank: 1, permissions: new Set() },
  guest: { rank: 0, permissions: new Set() },
}

export const can = (role: MemberRole, permission: Permission): boolean =>
  ROLES[role].permissions.has(permission)

/** Nobody makes their equals, but for the owner, who has none and may name admins. */
export const canGrant = (own: MemberRole, granted: MemberRole): boolean =>
  granted !== 'owner' && ROLES[granted].rank < ROLES[own].rank

export const outranks = (own: MemberRole, other: MemberRole): boolean =>
  ROLES[own].rank > ROLES[other].rank

/** What somebody may be who comes to a public room without being asked. */
export const canJoinAs = (role: MemberRole): boolean => ROLES[role].rank <= ROLES.member.rank
