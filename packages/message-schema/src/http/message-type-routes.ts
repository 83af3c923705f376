import { z } from 'zod'
import { MessageType, MessageTypeName, PayloadSchema } from '../message-type.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const typeParams = z.object({ name: MessageTypeName })

export const messageTypeRoutes = {
  listMessageTypes: {
    method: 'get',
    path: '/v1/message-types',
    summary: 'Types of messages whose payload is checked, by name.',
    tag: 'message-types',
    auth: 'user',
    query: z.strictObject({ after: MessageTypeName.optional(), limit: pageLimit(100, 50) }),
    status: 200,
    response: page(MessageType),
  },
  getMessageType: {
    method: 'get',
    path: '/v1/message-types/:name',
    summary: 'One type of messages.',
    tag: 'message-types',
    auth: 'key',
    scope: 'types:write',
    params: typeParams,
    status: 200,
    response: z.object({ messageType: MessageType }),
    errors: ['NOT_FOUND'],
  },
  putMessageType: {
    method: 'put',
    path: '/v1/message-types/:name',
    summary: 'Register a type, or change its schema: it counts from then on, within two seconds.',
    tag: 'message-types',
    auth: 'key',
    scope: 'types:write',
    params: typeParams,
    body: z.strictObject({ schema: PayloadSchema }),
    status: 200,
    response: z.object({ messageType: MessageType }),
    errors: ['REJECTED', 'TOO_LARGE'],
  },
  deleteMessageType: {
    method: 'delete',
    path: '/v1/message-types/:name',
    summary: 'Payloads of this type are not checked any more.',
    tag: 'message-types',
    auth: 'key',
    scope: 'types:write',
    params: typeParams,
    status: 204,
    errors: ['NOT_FOUND'],
  },
} as const satisfies Record<string, RouteSpec>
