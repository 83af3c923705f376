import { z } from 'zod'
import { ApiKey, apiKeyShape, ApiKeyWithToken } from '../api-key.ts'
import { Uuid } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const keyParams = z.object({ id: Uuid })
const DAY_S = 24 * 3_600

export const apiKeyRoutes = {
  listApiKeys: {
    method: 'get',
    path: '/v1/api-keys',
    summary: 'API keys in the order of their making, also those that ended lately.',
    tag: 'api-keys',
    auth: 'key',
    scope: 'keys:write',
    query: z.strictObject({ after: Uuid.optional(), limit: pageLimit(200, 50) }),
    status: 200,
    response: page(ApiKey),
  },
  createApiKey: {
    method: 'post',
    path: '/v1/api-keys',
    summary: 'Make a key, with scopes that the calling key has. Its token is shown only now.',
    tag: 'api-keys',
    auth: 'key',
    scope: 'keys:write',
    body: z.strictObject({
      name: apiKeyShape.name,
      scopes: apiKeyShape.scopes,
      ratePerMinute: apiKeyShape.ratePerMinute.optional(),
      expiresAt: apiKeyShape.expiresAt.optional(),
    }),
    answersSecret: true,
    status: 201,
    response: ApiKeyWithToken,
    errors: ['REJECTED'],
  },
  getApiKey: {
    method: 'get',
    path: '/v1/api-keys/:id',
    summary: 'One API key.',
    tag: 'api-keys',
    auth: 'key',
    scope: 'keys:write',
    params: keyParams,
    status: 200,
    response: z.object({ apiKey: ApiKey }),
    errors: ['NOT_FOUND'],
  },
  patchApiKey: {
    method: 'patch',
    path: '/v1/api-keys/:id',
    summary: 'Change a key. The calling key must have all scopes that it had and will have.',
    tag: 'api-keys',
    auth: 'key',
    scope: 'keys:write',
    params: keyParams,
    body: z.strictObject(apiKeyShape).partial(),
    status: 200,
    response: z.object({ apiKey: ApiKey }),
    errors: ['NOT_FOUND', 'GONE'],
  },
  deleteApiKey: {
    method: 'delete',
    path: '/v1/api-keys/:id',
    summary: 'Revoke a key: within two seconds it opens nothing any more.',
    tag: 'api-keys',
    auth: 'key',
    scope: 'keys:write',
    params: keyParams,
    status: 204,
    errors: ['NOT_FOUND'],
  },
  rotateApiKey: {
    method: 'post',
    path: '/v1/api-keys/:id/rotate',
    summary: 'A new secret. The old one is good for `graceS` seconds more; 0 ends it at once.',
    tag: 'api-keys',
    auth: 'key',
    scope: 'keys:write',
    params: keyParams,
    body: z
      .strictObject({ graceS: z.int().min(0).max(LIMITS.keyGraceS).default(DAY_S) })
      .default({ graceS: DAY_S }),
    answersSecret: true,
    status: 200,
    response: ApiKeyWithToken,
    errors: ['NOT_FOUND', 'GONE'],
  },
} as const satisfies Record<string, RouteSpec>
