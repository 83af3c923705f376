import { z } from 'zod'
import { RoomId, Seq, Uuid } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import {
  Webhook,
  WebhookDelivery,
  webhookShape,
  WebhookTest,
  WebhookWithSecret,
} from '../webhook.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const webhookParams = z.object({ id: Uuid })
const DAY_S = 24 * 3_600
const ofWebhook = { tag: 'webhooks', auth: 'key', scope: 'webhooks:write' } as const
const changes = {
  events: webhookShape.events.optional(),
  roomIds: webhookShape.roomIds.optional(),
  description: webhookShape.description.optional(),
  disabled: z.boolean().optional(),
}

/** Operators look and try again. What holds a secret, or says where events go, is for backends. */
const forOperators = { ...ofWebhook, operators: true } as const

export const webhookRoutes = {
  listWebhooks: {
    ...forOperators,
    method: 'get',
    path: '/v1/webhooks',
    summary: 'Webhooks in the order of their making.',
    query: z.strictObject({ after: Uuid.optional(), limit: pageLimit(200, 50) }),
    status: 200,
    response: page(Webhook),
  },
  createWebhook: {
    ...ofWebhook,
    method: 'post',
    path: '/v1/webhooks',
    summary:
      'Send the events of all rooms, or of some, to an address. Its secret is shown only now.',
    body: z.strictObject({ url: webhookShape.url, ...changes }),
    answersSecret: true,
    status: 201,
    response: WebhookWithSecret,
    errors: ['REJECTED'],
  },
  getWebhook: {
    ...forOperators,
    method: 'get',
    path: '/v1/webhooks/:id',
    summary: 'One webhook, and how it is.',
    params: webhookParams,
    status: 200,
    response: z.object({ webhook: Webhook }),
    errors: ['NOT_FOUND'],
  },
  patchWebhook: {
    ...ofWebhook,
    method: 'patch',
    path: '/v1/webhooks/:id',
    summary: 'Change it. `disabled: false` goes on where it stopped.',
    params: webhookParams,
    body: z.strictObject({ url: webhookShape.url.optional(), ...changes }),
    status: 200,
    response: z.object({ webhook: Webhook }),
    errors: ['NOT_FOUND', 'REJECTED'],
  },
  deleteWebhook: {
    ...ofWebhook,
    method: 'delete',
    path: '/v1/webhooks/:id',
    summary: 'Nothing is sent any more, and its deliveries are forgotten.',
    params: webhookParams,
    status: 204,
    errors: ['NOT_FOUND'],
  },
  enableWebhook: {
    ...forOperators,
    method: 'post',
    path: '/v1/webhooks/:id/enable',
    summary: 'Enable it again: where it stopped (`cursor`), or leave out what came since (`now`).',
    params: webhookParams,
    body: z
      .strictObject({ from: z.enum(['cursor', 'now']).default('cursor') })
      .default({ from: 'cursor' }),
    status: 200,
    response: z.object({ webhook: Webhook }),
    errors: ['NOT_FOUND'],
  },
  rotateWebhookSecret: {
    ...ofWebhook,
    method: 'post',
    path: '/v1/webhooks/:id/rotate-secret',
    summary: 'A new secret. The old one signs too for `graceS` seconds more; 0 ends it at once.',
    params: webhookParams,
    body: z
      .strictObject({ graceS: z.int().min(0).max(LIMITS.keyGraceS).default(DAY_S) })
      .default({ graceS: DAY_S }),
    answersSecret: true,
    status: 200,
    response: WebhookWithSecret,
    errors: ['NOT_FOUND'],
  },
  testWebhook: {
    ...forOperators,
    method: 'post',
    path: '/v1/webhooks/:id/test',
    summary: 'Send a signed `webhook.test` now, and tell what the endpoint answered.',
    params: webhookParams,
    costly: true,
    status: 200,
    response: WebhookTest,
    errors: ['NOT_FOUND'],
  },
  listWebhookDeliveries: {
    ...forOperators,
    method: 'get',
    path: '/v1/webhooks/:id/deliveries',
    summary: 'What became of events that were sent, ascending; the latest page without a position.',
    params: webhookParams,
    query: z
      .strictObject({
        before: Uuid.optional(),
        after: Uuid.optional(),
        status: WebhookDelivery.shape.status.optional(),
        limit: pageLimit(200, 50),
      })
      .refine(({ before, after }) => before === undefined || after === undefined, {
        message: 'takes one of before and after',
      }),
    status: 200,
    response: page(WebhookDelivery),
    errors: ['NOT_FOUND'],
  },
  retryWebhookDelivery: {
    ...forOperators,
    method: 'post',
    path: '/v1/webhooks/:id/deliveries/:deliveryId/retry',
    summary: 'Send it once more, soon. What waits for its next try is tried now.',
    params: webhookParams.extend({ deliveryId: Uuid }),
    status: 202,
    response: z.object({ delivery: WebhookDelivery }),
    errors: ['NOT_FOUND', 'REJECTED'],
  },
  replayWebhook: {
    ...forOperators,
    method: 'post',
    path: '/v1/webhooks/:id/replay',
    summary: 'Send a range of a room once more, in order, beside what is sent as it comes.',
    params: webhookParams,
    body: z
      .strictObject({ roomId: RoomId, fromSeq: Seq, toSeq: Seq })
      .refine(({ fromSeq, toSeq }) => toSeq >= fromSeq && toSeq - fromSeq < LIMITS.webhookReplay, {
        message: `must be a range of at most ${LIMITS.webhookReplay} events`,
        path: ['toSeq'],
      }),
    status: 202,
    response: z.object({ roomId: RoomId, fromSeq: Seq, toSeq: Seq }),
    errors: ['NOT_FOUND', 'REJECTED', 'CURSOR_AHEAD'],
  },
} as const satisfies Record<string, RouteSpec>
