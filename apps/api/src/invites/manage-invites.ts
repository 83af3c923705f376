import { ParleyError, type Invite } from '@parley/message-schema'
import type { InviteStore } from '../db/rooms/invite-store.ts'
import type { MemberStore } from '../db/rooms/member-store.ts'
import { requirePermission } from '../rooms/require-standing.ts'

export interface ManageInvitesPorts {
  readonly members: Pick<MemberStore, 'standing'>
  readonly invites: Pick<InviteStore, 'list' | 'revoke'>
}

export interface ManageInvites {
  readonly list: (
    callerId: string,
    roomId: string,
    query: { readonly after?: string | undefined; readonly limit: number },
  ) => Promise<{ readonly invites: Invite[]; readonly hasMore: boolean }>
  readonly revoke: (callerId: string, roomId: string, inviteId: string) => Promise<void>
}

/** Whoever may add members sees and revokes all invites of a room, others their own. */
export function createManageInvites({ members, invites }: ManageInvitesPorts): ManageInvites {
  async function ownOnly(callerId: string, roomId: string): Promise<string | undefined> {
    const { member } = await requirePermission(members, roomId, callerId, 'members:invite')
    return member.permissions.has('members:add') ? undefined : callerId
  }

  return {
    async list(callerId, roomId, { after, limit }) {
      const createdBy = await ownOnly(callerId, roomId)
      const found = await invites.list({ roomId, createdBy, after, limit: limit + 1 })
      return { invites: found.slice(0, limit), hasMore: found.length > limit }
    },

    async revoke(callerId, roomId, inviteId) {
      const createdBy = await ownOnly(callerId, roomId)
      if (await invites.revoke(roomId, inviteId, createdBy, new Date())) return
      throw new ParleyError('NOT_FOUND', { message: 'There is no such open invite.' })
    },
  }
}
