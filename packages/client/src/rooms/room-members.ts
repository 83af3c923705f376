import type { CallRoute } from '../rest/call-route.ts'
import type { Store } from '../store.ts'
import type { Room } from './room.ts'

/** Members and invites of one room, over REST. */
export function createRoomMembers(
  id: string,
  call: CallRoute,
  revision: Store<number>,
): Pick<Room, 'members' | 'invite' | 'inviteUser'> {
  const person = (userId: string) => ({ params: { id, userId } })
  const end = ({ forS, reason }: { forS?: number; reason?: string } = {}) => ({
    ...(forS !== undefined && { forS }),
    ...(reason !== undefined && { reason }),
  })

  return {
    members: {
      revision,
      list: async ({ cursor, ...query } = {}) => {
        const { data, page } = await call('GET /v1/rooms/:id/members', {
          params: { id },
          query: { ...query, ...(cursor !== undefined && { after: cursor }) },
        })
        return { members: data, cursor: page.hasMoreAfter ? String(page.after) : null }
      },
      add: async (userId, role) => {
        await call('PUT /v1/rooms/:id/members/:userId', {
          ...person(userId),
          body: { ...(role !== undefined && { role }) },
        })
      },
      setRole: async (userId, role) => {
        await call('PATCH /v1/rooms/:id/members/:userId', { ...person(userId), body: { role } })
      },
      remove: async (userId) => {
        await call('DELETE /v1/rooms/:id/members/:userId', person(userId))
      },
      mute: async (userId, options) => {
        await call('PUT /v1/rooms/:id/mutes/:userId', { ...person(userId), body: end(options) })
      },
      unmute: async (userId) => {
        await call('DELETE /v1/rooms/:id/mutes/:userId', person(userId))
      },
      ban: async (userId, options) => {
        await call('PUT /v1/rooms/:id/bans/:userId', { ...person(userId), body: end(options) })
      },
      unban: async (userId) => {
        await call('DELETE /v1/rooms/:id/bans/:userId', person(userId))
      },
      kick: async (userId, reason) => {
        await call('POST /v1/rooms/:id/kicks', {
          params: { id },
          body: { userId, ...(reason !== undefined && { reason }) },
        })
      },
    },
    invite: async (options = {}) => {
      const { invite, code } = await call('POST /v1/rooms/:id/invites', {
        params: { id },
        body: options,
      })
      return { code: code ?? '', expiresAt: invite.expiresAt }
    },
    inviteUser: async (userId, role) => {
      await call('POST /v1/rooms/:id/invites', {
        params: { id },
        body: { userId, ...(role !== undefined && { role }) },
      })
    },
  }
}
