import { ParleyError, type MemberRole } from '@parley/message-schema'
import type { MemberStore, Standing } from '../db/member-store.ts'

/** The room as one sees it. A private one that one is not in does not exist. */
export async function requireStanding(
  members: Pick<MemberStore, 'standing'>,
  roomId: string,
  userId: string,
): Promise<Standing> {
  const standing = await members.standing(roomId, userId)
  if (standing === null || (standing.visibility !== 'public' && standing.member === null)) {
    throw new ParleyError('NOT_FOUND', { message: 'There is no such room.' })
  }
  return standing
}

export function requireActive({ member }: Standing): {
  readonly role: MemberRole
  readonly visibleFrom: number
} {
  if (member?.isActive !== true) throw new ParleyError('NOT_MEMBER')
  return member
}
