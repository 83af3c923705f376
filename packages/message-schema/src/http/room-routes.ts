import { z } from 'zod'
import { RoomId, UserId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import {
  agreeOnSettings,
  Member,
  MemberRole,
  PictureUrl,
  Room,
  RoomChange,
  RoomKind,
  RoomName,
  RoomSettingsChange,
  Topic,
  Visibility,
} from '../room.ts'
import { flag, page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const roomParams = z.object({ id: RoomId })
const memberParams = z.object({ id: RoomId, userId: UserId })
const changing = ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN', 'BANNED', 'ROOM_ARCHIVED'] as const

export const roomRoutes = {
  listRooms: {
    method: 'get',
    path: '/v1/rooms',
    summary:
      'My rooms, latest joined first, or with `scope=public` those one may join, latest made first; by `q` in the order of names. A page may be short: go on while `hasMoreAfter`.',
    tag: 'rooms',
    auth: 'user',
    query: z
      .strictObject({
        scope: z.enum(['mine', 'public']).default('mine'),
        /** Of my rooms a part of the name, of public ones its beginning. */
        q: z.string().max(LIMITS.roomNameCharacters).optional(),
        kind: RoomKind.optional(),
        /** Only rooms with something unread. */
        unread: flag.optional(),
        /** Archived rooms, and only those. */
        archived: flag.default(false),
        after: z.string().max(1_024).optional(),
        /** The same as `after`. */
        cursor: z.string().max(1_024).optional(),
        limit: pageLimit(200, 50),
      })
      .refine(({ after, cursor }) => after === undefined || cursor === undefined, {
        message: 'takes one of after and cursor',
        path: ['cursor'],
      })
      .refine(({ scope, kind, unread }) => scope === 'mine' || (kind ?? unread) === undefined, {
        message: 'kind and unread are for my rooms',
        path: ['scope'],
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
    body: z
      .strictObject({
        name: RoomName,
        visibility: Visibility,
        topic: Topic.nullable().optional(),
        avatarUrl: PictureUrl.nullable().optional(),
        ...RoomSettingsChange.shape,
        settings: RoomSettingsChange.optional(),
        /** Members from the beginning, besides the caller. */
        memberIds: z.array(UserId).max(LIMITS.createMembers).optional(),
      })
      .superRefine(agreeOnSettings),
    idempotencyKey: true,
    status: 201,
    response: z.object({ room: Room }),
    errors: ['NOT_FOUND', 'BLOCKED', 'REJECTED', 'IDEMPOTENCY_MISMATCH', 'UNKNOWN_OUTCOME'],
  },
  createDm: {
    method: 'post',
    path: '/v1/dms',
    summary:
      'The conversation of exactly these people and the caller: the same one every time. A `name` is for a new group.',
    repeatable: true,
    tag: 'rooms',
    auth: 'user',
    body: z.strictObject({
      userIds: z.array(UserId).min(1).max(LIMITS.groupDmMembers),
      /** Of a group of three or more that is made now. */
      name: RoomName.optional(),
    }),
    status: 201,
    response: z.object({ room: Room }),
    errors: ['NOT_FOUND', 'BLOCKED', 'REJECTED'],
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
    errors: ['NOT_FOUND', 'BANNED'],
  },
  patchRoom: {
    method: 'patch',
    path: '/v1/rooms/:id',
    summary:
      'Change a room. Each field needs its own permission; all are changed or none. What `settings` holds is taken by itself too.',
    tag: 'rooms',
    auth: 'user',
    params: roomParams,
    body: RoomChange,
    status: 200,
    response: z.object({ room: Room }),
    errors: changing,
  },
  deleteRoom: {
    method: 'delete',
    path: '/v1/rooms/:id',
    summary: 'Delete a room for everybody, for good.',
    tag: 'rooms',
    auth: 'user',
    params: roomParams,
    status: 204,
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN', 'BANNED'],
  },
  listMembers: {
    method: 'get',
    path: '/v1/rooms/:id/members',
    summary:
      'Members in the order of their ids; of one `role` in the order of their joining. `q` finds those whose name or username begins so: one page, and a longer `q` finds others.',
    tag: 'members',
    auth: 'user',
    params: roomParams,
    query: z
      .strictObject({
        role: MemberRole.optional(),
        q: z.string().trim().min(1).max(LIMITS.displayNameCharacters).optional(),
        after: z.string().max(64).optional(),
        limit: pageLimit(200, 50),
      })
      .refine(({ q, after, role }) => q === undefined || (after ?? role) === undefined, {
        message: 'q takes neither after nor role',
        path: ['q'],
      }),
    status: 200,
    response: page(Member),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'BANNED'],
  },
  getMember: {
    method: 'get',
    path: '/v1/rooms/:id/members/:userId',
    summary: 'One member; `me` is the caller.',
    tag: 'members',
    auth: 'user',
    params: memberParams,
    status: 200,
    response: z.object({ member: Member }),
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'BANNED'],
  },
  putMember: {
    method: 'put',
    path: '/v1/rooms/:id/members/:userId',
    summary:
      'Join a public room (oneself, or `me`), or add somebody. A member stays as they are, but for a `role` that is named: it is changed as `PATCH` does.',
    tag: 'members',
    auth: 'user',
    params: memberParams,
    body: z.strictObject({ role: MemberRole.optional() }).default({}),
    status: 200,
    response: z.object({ member: Member }),
    errors: [...changing, 'BLOCKED', 'CONFLICT', 'REJECTED'],
  },
  patchMember: {
    method: 'patch',
    path: '/v1/rooms/:id/members/:userId',
    summary: 'Promote, demote, or with `owner` hand the room over: its old owner is an admin then.',
    tag: 'members',
    auth: 'user',
    params: memberParams,
    body: z.strictObject({ role: MemberRole }),
    status: 200,
    response: z.object({ member: Member }),
    errors: [...changing, 'CONFLICT'],
  },
  deleteMember: {
    method: 'delete',
    path: '/v1/rooms/:id/members/:userId',
    summary: 'Leave (oneself, or `me`), or remove somebody. Who is out already stays out.',
    tag: 'members',
    auth: 'user',
    params: memberParams,
    status: 204,
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN', 'BANNED'],
  },
} as const satisfies Record<string, RouteSpec>
