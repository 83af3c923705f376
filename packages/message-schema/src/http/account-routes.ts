import { z } from 'zod'
import { Timestamp, UserId, Uuid } from '../ids.ts'
import { PictureUrl } from '../room.ts'
import { DisplayName, User } from '../user.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

export const SignIn = z
  .object({
    id: Uuid,
    createdAt: Timestamp,
    /** When it was given its latest tokens. */
    refreshedAt: Timestamp,
    expiresAt: Timestamp,
    /** The one that asks. */
    current: z.boolean(),
  })
  .meta({ id: 'SignIn' })
export type SignIn = z.infer<typeof SignIn>

export const Block = z.object({ user: User, blockedAt: Timestamp }).meta({ id: 'Block' })
export type Block = z.infer<typeof Block>

/** My name, my sign-ins, and those I do not want to hear from. */
export const accountRoutes = {
  patchMe: {
    method: 'patch',
    path: '/v1/me',
    summary: 'Change how I am called and shown. Users of a host application are named there.',
    tag: 'me',
    auth: 'user',
    body: z.strictObject({ displayName: DisplayName, avatarUrl: PictureUrl.nullable() }).partial(),
    status: 200,
    response: z.object({ user: User }),
    errors: ['FORBIDDEN', 'NOT_FOUND'],
  },
  listSessions: {
    method: 'get',
    path: '/v1/me/sessions',
    summary: 'Where I am signed in, the latest first.',
    tag: 'me',
    auth: 'user',
    status: 200,
    response: page(SignIn),
  },
  deleteSession: {
    method: 'delete',
    path: '/v1/me/sessions/:id',
    summary: 'Sign out there: its tokens and its sockets end.',
    tag: 'me',
    auth: 'user',
    params: z.object({ id: Uuid }),
    status: 204,
    errors: ['NOT_FOUND'],
  },
  deleteOtherSessions: {
    method: 'delete',
    path: '/v1/me/sessions',
    summary: 'Sign out everywhere but here.',
    tag: 'me',
    auth: 'user',
    status: 200,
    response: z.object({ ended: z.int().nonnegative() }),
  },
  listBlocks: {
    method: 'get',
    path: '/v1/me/blocks',
    summary: 'Whom I have blocked, in the order of their ids.',
    tag: 'me',
    auth: 'user',
    query: z.strictObject({ after: z.string().max(64).optional(), limit: pageLimit(200, 50) }),
    status: 200,
    response: page(Block),
  },
  putBlock: {
    method: 'put',
    path: '/v1/me/blocks/:userId',
    summary: 'Block somebody: they cannot write to me. They are not told.',
    tag: 'me',
    auth: 'user',
    params: z.object({ userId: UserId }),
    status: 204,
    errors: ['NOT_FOUND', 'REJECTED'],
  },
  deleteBlock: {
    method: 'delete',
    path: '/v1/me/blocks/:userId',
    summary: 'Take a block back.',
    tag: 'me',
    auth: 'user',
    params: z.object({ userId: UserId }),
    status: 204,
  },
} as const satisfies Record<string, RouteSpec>
