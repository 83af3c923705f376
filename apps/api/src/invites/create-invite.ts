import {
  invalid,
  LIMITS,
  ParleyError,
  type Fact,
  type Invite,
  type InviteDraft,
} from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { BlockStore } from '../db/users/block-store.ts'
import type { InviteStore, NewInvite } from '../db/rooms/invite-store.ts'
import type { MemberStore } from '../db/rooms/member-store.ts'
import type { RoleStore } from '../db/rooms/role-store.ts'
import type { UserStore } from '../db/users/user-store.ts'
import { mayInviteAs } from '../room-log/authority.ts'
import { refuseBlocked } from '../rooms/refuse-blocked.ts'
import { requirePermission, type ActiveMember } from '../rooms/require-standing.ts'
import { requireUsers } from '../rooms/require-users.ts'
import { findRole } from './find-role.ts'
import { hashInviteCode, makeInviteCode } from './invite-code.ts'

export interface CreateInvitePorts {
  readonly members: Pick<MemberStore, 'standing'>
  readonly missingUsers: UserStore['missing']
  readonly blocks: Pick<BlockStore, 'whoBlocks'>
  readonly roles: Pick<RoleStore, 'find'>
  readonly add: InviteStore['add']
  /** At most once: whoever misses it finds the invite in `GET /v1/me/invites`. */
  readonly tellInvited: (userId: string, fact: Fact<'room:invited'>) => void
}

const WEEK_S = 7 * 24 * 3_600

export type CreateInvite = (
  callerId: string,
  roomId: string,
  draft: InviteDraft,
) => Promise<{ invite: Invite; code?: string }>

type Expiry = Pick<InviteDraft, 'expiresInS' | 'expiresAt'>

/** Throws `INVALID` for a time that is over, or further ahead than invites last. */
function endOfInvite({ expiresInS = WEEK_S, expiresAt }: Expiry, now: Date): Date {
  if (expiresAt === undefined) return new Date(now.getTime() + expiresInS * 1_000)
  const end = new Date(expiresAt)
  const aheadMs = end.getTime() - now.getTime()
  if (aheadMs > 0 && aheadMs <= LIMITS.inviteForS * 1_000) return end
  throw invalid('expiresAt', `must be in the future, at most ${LIMITS.inviteForS} seconds ahead`)
}

/** The rights are asked for again in the room log, when the invite is used: they may be gone by then. */
export function createCreateInvite(ports: CreateInvitePorts): CreateInvite {
  const { members, missingUsers, blocks, roles, add } = ports

  async function requireMayGive(member: ActiveMember, name: string): Promise<void> {
    const role = await findRole(roles, name)
    if (role === undefined) {
      throw invalid('role', `there is no role ${name}`)
    }
    const powers = { rank: member.rank, may: member.permissions.has.bind(member.permissions) }
    if (mayInviteAs(powers, name, role)) return
    throw new ParleyError('FORBIDDEN', { message: `You may not invite anybody as ${name}.` })
  }

  async function requireInvitable(callerId: string, roomId: string, userId: string): Promise<void> {
    await requireUsers(missingUsers, [userId])
    await refuseBlocked(blocks, callerId, [userId])
    const standing = await members.standing(roomId, userId)
    if (standing?.member?.isActive === true) {
      throw new ParleyError('CONFLICT', { message: 'This person is in the room already.' })
    }
    if (standing !== null && standing.bannedUntil !== null) {
      throw new ParleyError('BANNED', { message: 'This person is banned from the room.' })
    }
  }

  return async (callerId, roomId, { userId, maxUses, role, ...expiry }) => {
    const { kind, archived, member } = await requirePermission(
      members,
      roomId,
      callerId,
      'members:invite',
    )
    if (kind !== 'room') {
      throw new ParleyError('FORBIDDEN', {
        message: 'A conversation has the people it began with.',
      })
    }
    if (archived) throw new ParleyError('ROOM_ARCHIVED')
    await requireMayGive(member, role)
    const createdAt = new Date()
    const expiresAt = endOfInvite(expiry, createdAt)
    if (userId !== undefined) await requireInvitable(callerId, roomId, userId)
    const code = userId === undefined ? makeInviteCode() : undefined
    const draft: NewInvite = {
      id: uuidv7(),
      roomId,
      codeHash: code === undefined ? null : hashInviteCode(code),
      userId: userId ?? null,
      role,
      createdBy: callerId,
      createdAt,
      expiresAt,
      maxUses: maxUses ?? null,
    }
    if (!(await add(draft))) {
      throw new ParleyError('TOO_LARGE', {
        message: `A room has at most ${LIMITS.invitesPerRoom} open invites.`,
      })
    }
    if (userId !== undefined) {
      ports.tellInvited(userId, { roomId, inviteId: draft.id, role, by: callerId })
    }
    const { codeHash: _, ...shown } = draft
    const invite: Invite = {
      ...shown,
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      uses: 0,
    }
    return { invite, ...(code !== undefined && { code }) }
  }
}
