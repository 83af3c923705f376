import type { Room as RoomInfo } from '@parley/message-schema'
import type { CallRoute } from '../rest/call-route.ts'
import type { Rooms } from './rooms.ts'
import type { Room } from './room.ts'

type MemberActions = Omit<Room['members'], 'revision'>
type RoomActions = MemberActions &
  Pick<Room, 'update' | 'leave' | 'delete' | 'invite' | 'inviteUser'>
type RoomEntrance = Pick<Rooms, 'create' | 'openDm' | 'browse' | 'join' | 'joinByCode' | 'refresh'>

interface Ending {
  forS?: number
  reason?: string
}

/** What is asked of one room. */
export function createRoomActions(
  id: string,
  call: CallRoute,
  taken: (room: RoomInfo) => void,
): RoomActions {
  const params = { id }
  return {
    ...createMemberActions(id, call),
    async update(change) {
      const { room } = await call('PATCH /v1/rooms/:id', { params, body: change })
      taken(room)
      return room
    },
    async leave() {
      await call('DELETE /v1/rooms/:id/members/:userId', { params: { id, userId: 'me' } })
    },
    async delete() {
      await call('DELETE /v1/rooms/:id', { params })
    },
    async invite(options = {}) {
      const { invite, code } = await call('POST /v1/rooms/:id/invites', { params, body: options })
      return { code: code ?? '', expiresAt: invite.expiresAt }
    },
    async inviteUser(userId, role) {
      const body = { userId, ...(role !== undefined && { role }) }
      await call('POST /v1/rooms/:id/invites', { params, body })
    },
  }
}

function createMemberActions(id: string, call: CallRoute): MemberActions {
  const person = (userId: string) => ({ params: { id, userId } })
  const ending = ({ forS, reason }: Ending = {}) => ({
    ...(forS !== undefined && { forS }),
    ...(reason !== undefined && { reason }),
  })
  return {
    async list({ cursor, ...query } = {}) {
      const { data, page } = await call('GET /v1/rooms/:id/members', {
        params: { id },
        query: { ...query, ...(cursor !== undefined && { after: cursor }) },
      })
      return { members: data, cursor: page.hasMoreAfter ? String(page.after) : null }
    },
    async add(userId, role) {
      const body = { ...(role !== undefined && { role }) }
      await call('PUT /v1/rooms/:id/members/:userId', { ...person(userId), body })
    },
    async setRole(userId, role) {
      await call('PATCH /v1/rooms/:id/members/:userId', { ...person(userId), body: { role } })
    },
    async remove(userId) {
      await call('DELETE /v1/rooms/:id/members/:userId', person(userId))
    },
    async mute(userId, options) {
      await call('PUT /v1/rooms/:id/mutes/:userId', { ...person(userId), body: ending(options) })
    },
    async unmute(userId) {
      await call('DELETE /v1/rooms/:id/mutes/:userId', person(userId))
    },
    async ban(userId, options) {
      await call('PUT /v1/rooms/:id/bans/:userId', { ...person(userId), body: ending(options) })
    },
    async unban(userId) {
      await call('DELETE /v1/rooms/:id/bans/:userId', person(userId))
    },
    async kick(userId, reason) {
      const body = { userId, ...(reason !== undefined && { reason }) }
      await call('POST /v1/rooms/:id/kicks', { params: { id }, body })
    },
  }
}

/** The ways into a room: it is there when they are answered. `taken` is told what a room is now. */
export function createRoomEntrance(
  call: CallRoute,
  come: (room: RoomInfo) => Room,
  taken: (room: RoomInfo) => void,
): RoomEntrance {
  return {
    async create({ memberIds, ...draft }) {
      const body = { ...draft, ...(memberIds !== undefined && { memberIds: [...memberIds] }) }
      return come((await call('POST /v1/rooms', { body })).room)
    },
    async openDm(userIds) {
      return come((await call('POST /v1/dms', { body: { userIds: [...userIds] } })).room)
    },
    async browse({ cursor, ...query } = {}) {
      const { data, page } = await call('GET /v1/rooms', {
        query: { scope: 'public', ...query, ...(cursor !== undefined && { after: cursor }) },
      })
      return { rooms: data, cursor: page.hasMoreAfter ? String(page.after) : null }
    },
    async join(id) {
      const params = { id, userId: 'me' }
      await call('PUT /v1/rooms/:id/members/:userId', { params, body: {} })
      return come((await call('GET /v1/rooms/:id', { params: { id } })).room)
    },
    async refresh(id) {
      taken((await call('GET /v1/rooms/:id', { params: { id } })).room)
    },
    async joinByCode(code) {
      return come((await call('POST /v1/invites/:code/accept', { params: { code } })).room)
    },
  }
}
