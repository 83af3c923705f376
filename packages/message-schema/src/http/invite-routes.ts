import { z } from 'zod'
import { RoomId, Uuid } from '../ids.ts'
import { Invite, InviteCode, InviteDraft, InvitePreview } from '../invite.ts'
import { Room } from '../room.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const roomParams = z.object({ id: RoomId })
const inviteParams = z.object({ id: Uuid })
const codeParams = z.object({ code: InviteCode })
const pageQuery = z.strictObject({ after: Uuid.optional(), limit: pageLimit(200, 50) })
const coming = ['NOT_FOUND', 'GONE', 'BANNED', 'ROOM_ARCHIVED', 'REJECTED'] as const

export const inviteRoutes = {
  createInvite: {
    method: 'post',
    path: '/v1/rooms/:id/invites',
    summary:
      'Invite one person, or whoever has the code: it is shown only now. Without a body a link for seven days.',
    tag: 'invites',
    auth: 'user',
    params: roomParams,
    body: InviteDraft.default({ role: 'member' }),
    answersSecret: true,
    status: 201,
    response: z.object({ invite: Invite, code: InviteCode.optional() }),
    errors: [
      'NOT_FOUND',
      'NOT_MEMBER',
      'FORBIDDEN',
      'BANNED',
      'BLOCKED',
      'ROOM_ARCHIVED',
      'CONFLICT',
      'TOO_LARGE',
    ],
  },
  listInvites: {
    method: 'get',
    path: '/v1/rooms/:id/invites',
    summary: 'Open invites, latest first: my own, or all for who may add members.',
    tag: 'invites',
    auth: 'user',
    params: roomParams,
    query: pageQuery,
    status: 200,
    response: page(Invite),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN', 'BANNED'],
  },
  deleteInvite: {
    method: 'delete',
    path: '/v1/rooms/:id/invites/:inviteId',
    summary: 'Revoke an invite of mine, or any for who may add members. Nobody comes by it after.',
    tag: 'invites',
    auth: 'user',
    params: z.object({ id: RoomId, inviteId: Uuid }),
    status: 204,
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN', 'BANNED'],
  },
  getInvite: {
    method: 'get',
    path: '/v1/invites/:code',
    summary: 'What a code invites to.',
    tag: 'invites',
    auth: 'user',
    params: codeParams,
    status: 200,
    response: z.object({ invite: InvitePreview }),
    errors: ['NOT_FOUND', 'GONE', 'BANNED'],
  },
  acceptInviteCode: {
    method: 'post',
    path: '/v1/invites/:code/accept',
    summary: 'Join by a code. For a member it changes nothing and uses nothing up.',
    repeatable: true,
    tag: 'invites',
    auth: 'user',
    params: codeParams,
    status: 200,
    response: z.object({ room: Room }),
    errors: coming,
  },
  listMyInvites: {
    method: 'get',
    path: '/v1/me/invites',
    summary: 'Invites of mine that I have not answered, latest first.',
    tag: 'invites',
    auth: 'user',
    query: pageQuery,
    status: 200,
    response: page(InvitePreview),
  },
  acceptMyInvite: {
    method: 'post',
    path: '/v1/me/invites/:id/accept',
    summary: 'Join by an invite of mine. For a member it changes nothing.',
    repeatable: true,
    tag: 'invites',
    auth: 'user',
    params: inviteParams,
    status: 200,
    response: z.object({ room: Room }),
    errors: coming,
  },
  declineMyInvite: {
    method: 'post',
    path: '/v1/me/invites/:id/decline',
    summary: 'Decline an invite of mine. Doing it again changes nothing.',
    repeatable: true,
    tag: 'invites',
    auth: 'user',
    params: inviteParams,
    status: 204,
    errors: ['NOT_FOUND'],
  },
} as const satisfies Record<string, RouteSpec>
