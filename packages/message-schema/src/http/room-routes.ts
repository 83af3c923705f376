import { z } from 'zod'
import { RoomId, UserId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { HistoryPolicy, Member, MemberRole, Room, RoomName, Topic, Visibility } from '../room.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const roomParams = z.object({ id: RoomId })
const memberParams = z.object({ id: RoomId, userId: UserId })

export const roomRoutes = {
  listRooms: {
    method: 'get',
    path: '/v1/rooms',
    summary: 'My rooms, or with `scope=public` the public rooms one may join.',
    tag: 'rooms',
    auth: 'user',
    query: z.strictObject({
      scope: z.enum(['mine', 'public']).default('mine'),
      q: z.string().max(LIMITS.roomNameCharacters).optional(),
      after: z.string().max(128).optional(),
      limit: pageLimit(200, 50),
    }),
    status: 200,
    response: page(Room),
  },
  createRoom: {
    method: 'post',
    path: '/v1/rooms',
    summary: 'Create a room; the caller owns it. `Idempotency-Key` makes a retry harmless.',
    tag: 'rooms',
    auth: 'user',
    body: z.strictObject({
      name: RoomName,
      visibility: Visibility,
      topic: Topic.optional(),
      history: HistoryPolicy.optional(),
    }),
    idempotencyKey: true,
    status: 201,
    response: z.object({ room: Room }),
    errors: ['IDEMPOTENCY_MISMATCH', 'UNKNOWN_OUTCOME'],
  },
  createDm: {
    method: 'post',
    path: '/v1/dms',
    summary: 'The conversation of exactly these people and the caller: the same one every time.',
    tag: 'rooms',
    auth: 'user',
    body: z.strictObject({ userIds: z.array(UserId).min(1).max(LIMITS.groupDmMembers) }),
    status: 201,
    response: z.object({ room: Room }),
    errors: ['NOT_FOUND'],
  },
  getRoom: {
    method: 'get',
    path: '/v1/rooms/:id',
    summary: 'One room.',
    tag: 'rooms',
    auth: 'user',
    params: roomParams,
    status: 200,
    response: z.object({ room: Room }),
    errors: ['NOT_FOUND'],
  },
  listMembers: {
    method: 'get',
    path: '/v1/rooms/:id/members',
    summary: 'Members in the order of their ids.',
    tag: 'members',
    auth: 'user',
    params: roomParams,
    query: z.strictObject({ after: z.string().max(64).optional(), limit: pageLimit(200, 50) }),
    status: 200,
    response: page(Member),
    errors: ['NOT_FOUND', 'NOT_MEMBER'],
  },
  putMember: {
    method: 'put',
    path: '/v1/rooms/:id/members/:userId',
    summary: 'Join a public room (oneself), or add somebody. Doing it again changes nothing.',
    tag: 'members',
    auth: 'user',
    params: memberParams,
    body: z.strictObject({ role: MemberRole.exclude(['owner']).optional() }).default({}),
    status: 200,
    response: z.object({ member: Member }),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN', 'CONFLICT'],
  },
  deleteMember: {
    method: 'delete',
    path: '/v1/rooms/:id/members/:userId',
    summary: 'Leave (oneself), or remove somebody.',
    tag: 'members',
    auth: 'user',
    params: memberParams,
    status: 204,
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN'],
  },
} as const satisfies Record<string, RouteSpec>
