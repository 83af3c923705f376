import { z } from 'zod'
import { AuthSession, Credentials, DisplayName, Registration, User } from '../user.ts'
import { UserId } from '../ids.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const RefreshToken = z.strictObject({ refreshToken: z.string().min(1).max(512) })

export const authRoutes = {
  register: {
    method: 'post',
    path: '/v1/auth/register',
    summary: 'Create an account and sign in.',
    tag: 'auth',
    auth: 'none',
    answersSecret: true,
    body: Registration,
    status: 201,
    response: AuthSession,
    errors: ['CONFLICT'],
  },
  login: {
    method: 'post',
    path: '/v1/auth/login',
    summary: 'Sign in with username and password.',
    tag: 'auth',
    auth: 'none',
    answersSecret: true,
    body: Credentials,
    status: 200,
    response: AuthSession,
    errors: ['AUTH_INVALID'],
  },
  refresh: {
    method: 'post',
    path: '/v1/auth/refresh',
    summary:
      'Exchange a refresh token for new tokens. The same again within a minute, if there was no answer; later reuse ends the session.',
    tag: 'auth',
    auth: 'none',
    answersSecret: true,
    body: RefreshToken,
    status: 200,
    response: AuthSession,
    errors: ['AUTH_INVALID', 'AUTH_EXPIRED', 'AUTH_REVOKED'],
  },
  logout: {
    method: 'post',
    path: '/v1/auth/logout',
    summary: 'End this session everywhere: its tokens and its sockets.',
    tag: 'auth',
    auth: 'user',
    status: 204,
    errors: ['FORBIDDEN'],
  },
  guest: {
    method: 'post',
    path: '/v1/auth/guest',
    summary: 'Sign in without an account.',
    tag: 'auth',
    auth: 'none',
    answersSecret: true,
    body: z.strictObject({ displayName: DisplayName.optional() }).default({}),
    status: 201,
    response: AuthSession,
  },
  getMe: {
    method: 'get',
    path: '/v1/me',
    summary: 'The caller.',
    tag: 'me',
    auth: 'user',
    status: 200,
    response: z.object({
      user: User,
      /** Whoever may use the admin console is told so. */
      operator: z.literal(true).optional(),
    }),
  },
  listUsers: {
    method: 'get',
    path: '/v1/users',
    summary: 'People by id, or by the beginning of their name.',
    tag: 'users',
    auth: 'user',
    query: z.strictObject({
      ids: z.string().max(8_000).optional(),
      q: z.string().max(64).optional(),
      limit: pageLimit(100, 20),
    }),
    status: 200,
    response: page(User),
  },
  getUser: {
    method: 'get',
    path: '/v1/users/:id',
    summary: 'One person.',
    tag: 'users',
    auth: 'user',
    params: z.object({ id: UserId }),
    status: 200,
    response: z.object({ user: User }),
    errors: ['NOT_FOUND'],
  },
} as const satisfies Record<string, RouteSpec>
