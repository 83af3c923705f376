import { z } from 'zod'
import { Event, type EventType } from './event.ts'
import { RoomId, Seq, Timestamp, Uuid } from './ids.ts'
import { LIMITS } from './limits.ts'
import { text } from './text.ts'

const EVENT_TYPES = Event.options.map(({ shape }) => shape.type.value) as [EventType]

const WebhookUrl = z
  .url({ protocol: /^https?$/u })
  .max(2_048)
  .refine((url) => URL.canParse(url) && new URL(url).username + new URL(url).password === '', {
    message: 'must not hold a name or a password',
  })

const distinct = (list: readonly string[]): boolean => new Set(list).size === list.length
const NO_REPEATS = { message: 'must not name one twice' }

export const webhookShape = {
  url: WebhookUrl,
  description: text(200),
  /** Types of events that are sent; null for all, also those that come later. */
  events: z
    .array(z.enum(EVENT_TYPES))
    .min(1)
    .refine((list) => distinct(list), NO_REPEATS)
    .nullable(),
  /** Rooms whose events are sent; null for all, also those that come later. */
  roomIds: z
    .array(RoomId)
    .min(1)
    .max(LIMITS.webhookRooms)
    .refine((list) => distinct(list), NO_REPEATS)
    .nullable(),
} as const

export const Webhook = z
  .object({
    id: Uuid,
    url: z.string(),
    description: z.string(),
    events: z.array(z.string()).nullable(),
    roomIds: z.array(RoomId).nullable(),
    /** `failing`: the last delivery of some room failed, and is tried again. */
    status: z.enum(['active', 'failing', 'disabled']),
    failingSince: Timestamp.nullable(),
    disabledAt: Timestamp.nullable(),
    disabledReason: z.string().nullable(),
    /** The endpoint has asked for a pause until then. */
    holdUntil: Timestamp.nullable(),
    /** Until then the secret before this one signs too. */
    previousSecretUntil: Timestamp.nullable(),
    createdAt: Timestamp,
    createdBy: z.string(),
  })
  .meta({ id: 'Webhook' })
export type Webhook = z.infer<typeof Webhook>

export const WebhookWithSecret = z.object({
  webhook: Webhook,
  /** `whsec_` and base64. Shown only now. */
  secret: z.string(),
})

export const WebhookDelivery = z
  .object({
    id: Uuid,
    /** The header `webhook-id`, the same at every try: `<roomId>:<seq>`. */
    messageId: z.string(),
    roomId: RoomId,
    seq: Seq,
    event: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    /** Of the last try. Null if there was no answer. */
    statusCode: z.int().nullable(),
    durationMs: z.int(),
    error: z.string().nullable(),
    nextAttemptAt: Timestamp.nullable(),
    createdAt: Timestamp,
    attemptedAt: Timestamp,
  })
  .meta({ id: 'WebhookDelivery' })
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

export const WebhookTest = z.object({
  delivered: z.boolean(),
  statusCode: z.int().nullable(),
  durationMs: z.int(),
  error: z.string().nullable(),
})
export type WebhookTest = z.infer<typeof WebhookTest>

/** What is posted to an endpoint. */
export const WebhookBody = z.union([
  z.object({ type: z.string(), roomId: RoomId, event: Event }),
  z.object({ type: z.literal('webhook.test'), ts: Timestamp, webhookId: Uuid }),
])
export type WebhookBody = z.infer<typeof WebhookBody>
