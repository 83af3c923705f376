import type { User } from '@parley/message-schema'
import type { Chat } from '../chat.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { CHAT_ACTIONS } from './chat-action-names.ts'
import type { Invites } from './create-invites.ts'
import { createExportRoom, type ExportRoomPorts } from './export-room.ts'

export interface ChatActionsPorts extends ExportRoomPorts {
  readonly call: CallRoute
  /** I am called and shown so from now on. */
  readonly takeMe: (user: User) => User
  readonly invites: Invites
  /** I am in this room now. */
  readonly joined: (roomId: string) => Promise<unknown>
}

export type ChatActions = Pick<Chat, (typeof CHAT_ACTIONS)[number]>

/** What a person does now and then: its code is fetched when the first of it is done. */
export function createChatActions(ports: ChatActionsPorts): ChatActions {
  const { call, takeMe, invites, joined } = ports
  return {
    updateMe: async (change) => takeMe((await call('PATCH /v1/me', { body: change })).user),
    getPrivacy: async () => (await call('GET /v1/me/prefs')).prefs.privacy,
    setPrivacy: async (privacy) =>
      (await call('PUT /v1/me/prefs', { body: { privacy } })).prefs.privacy,
    async search({ has, ...query }, signal) {
      const { data, page } = await call('GET /v1/search', {
        query: { ...query, ...(has !== undefined && has.length > 0 && { has: has.join(',') }) },
        ...(signal !== undefined && { signal }),
      })
      return { hits: data, cursor: page.hasMoreAfter ? String(page.after) : null }
    },
    exportRoom: createExportRoom(ports),
    async acceptInvite(id) {
      const invite = invites.store.current.find((one) => one.id === id)
      await call('POST /v1/me/invites/:id/accept', { params: { id } })
      invites.forget(id)
      if (invite !== undefined) await joined(invite.room.id)
    },
    async declineInvite(id) {
      await call('POST /v1/me/invites/:id/decline', { params: { id } })
      invites.forget(id)
    },
  }
}
