import { ParleyError, type Permission } from '@parley/message-schema'
import type { MemberStore, Standing } from '../db/rooms/member-store.ts'
import { FOR_EVER } from '../room-log/membership.ts'

/**
 * The room as one sees it. A private one that one never was in does not exist; who was banned, and
 * may know of the room, is told so.
 */
export async function requireStanding(
  members: Pick<MemberStore, 'standing'>,
  roomId: string,
  userId: string,
): Promise<Standing> {
  const standing = await members.standing(roomId, userId)
  if (standing === null || (standing.visibility !== 'public' && standing.member === null)) {
    throw new ParleyError('NOT_FOUND', { message: 'There is no such room.' })
  }
  const { bannedUntil } = standing
  if (bannedUntil !== null && standing.member?.isActive !== true) {
    const until = bannedUntil >= FOR_EVER ? null : bannedUntil.toISOString()
    throw new ParleyError('BANNED', { details: { until } })
  }
  return standing
}

export type ActiveMember = NonNullable<Standing['member']>

export function requireActive({ member }: Standing): ActiveMember {
  if (member?.isActive !== true) throw new ParleyError('NOT_MEMBER')
  return member
}

/** For what is no event of the log: everything else is decided there, under the room’s lock. */
export async function requirePermission(
  members: Pick<MemberStore, 'standing'>,
  roomId: string,
  userId: string,
  permission: Permission,
): Promise<Standing & { readonly member: ActiveMember }> {
  const standing = await requireStanding(members, roomId, userId)
  const member = requireActive(standing)
  if (member.permissions.has(permission)) return { ...standing, member }
  throw new ParleyError('FORBIDDEN', {
    message: `Your role in this room lacks the permission ${permission}.`,
    details: { permission },
  })
}
