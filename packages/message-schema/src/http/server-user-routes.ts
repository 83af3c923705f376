import { z } from 'zod'
import { Timestamp, UserId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { Erasure, userUpsertShape, UserUpserted } from '../server-user.ts'
import { results } from './results.ts'
import type { RouteSpec } from './route.ts'

const userParams = z.object({ id: UserId })

export const serverUserRoutes = {
  putUser: {
    method: 'put',
    path: '/v1/users/:id',
    summary: 'Create a user or a bot, or change how they are called and shown.',
    tag: 'server',
    auth: 'key',
    scope: 'users:write',
    params: userParams,
    body: z.strictObject(userUpsertShape),
    status: 200,
    response: UserUpserted,
    errors: ['CONFLICT', 'GONE'],
  },
  putUsers: {
    method: 'post',
    path: '/v1/users/batch',
    summary: 'Create or change up to 500 users. Each has its own answer.',
    repeatable: true,
    tag: 'server',
    auth: 'key',
    scope: 'users:write',
    body: z.strictObject({
      users: z
        .array(z.strictObject({ id: UserId, ...userUpsertShape }))
        .min(1)
        .max(LIMITS.usersPerBatch),
    }),
    bodyBytes: LIMITS.batchBodyBytes,
    status: 200,
    response: results(UserUpserted),
  },
  revokeTokens: {
    method: 'post',
    path: '/v1/users/:id/revoke-tokens',
    summary:
      'Sign a user out everywhere: sessions of ours, and tokens that the host signed before.',
    tag: 'server',
    auth: 'key',
    scope: 'users:write',
    params: userParams,
    status: 200,
    response: z.object({ sessionsEnded: z.int().nonnegative(), tokensValidAfter: Timestamp }),
    errors: ['NOT_FOUND'],
  },
  exportUser: {
    method: 'get',
    path: '/v1/users/:id/export',
    summary: 'All that is kept of a user, one JSON object a line, each with a `type`.',
    tag: 'server',
    auth: 'key',
    scope: 'users:read',
    costly: true,
    params: userParams,
    status: 200,
    produces: 'application/x-ndjson',
    errors: ['NOT_FOUND', 'SERVER_BUSY'],
  },
  deleteUser: {
    method: 'delete',
    path: '/v1/users/:id',
    summary: 'Erase a user: at once who they were, then all that they wrote. It cannot be undone.',
    tag: 'server',
    auth: 'key',
    scope: 'users:write',
    params: userParams,
    status: 202,
    response: z.object({ erasure: Erasure }),
    errors: ['NOT_FOUND'],
  },
  getErasure: {
    method: 'get',
    path: '/v1/users/:id/erasure',
    summary: 'How far the erasure of a user is.',
    tag: 'server',
    auth: 'key',
    scope: 'users:write',
    params: userParams,
    status: 200,
    response: z.object({ erasure: Erasure }),
    errors: ['NOT_FOUND'],
  },
} as const satisfies Record<string, RouteSpec>
