import { z } from 'zod'
import { Seq, TimeInput, Timestamp, UserId, Uuid, RoomId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { MessageText, Payload, text } from './text.ts'

/** Of what one is told: every message, those that mention or answer one, nothing. */
export const NotifyLevel = z.enum(['all', 'mentions', 'none'])
export type NotifyLevel = z.infer<typeof NotifyLevel>

export const RoomNotifications = z
  .object({
    /** What I chose for this room; `null`: what I chose for all of its kind. */
    level: NotifyLevel.nullable(),
    /** Nothing before this moment, whatever the level. */
    snoozedUntil: Timestamp.nullable(),
    /** What counts now. In large rooms (`features.notifyAll` is false) `all` means `mentions`. */
    effective: NotifyLevel,
  })
  .meta({ id: 'RoomNotifications' })
export type RoomNotifications = z.infer<typeof RoomNotifications>

/** What is not named stays as it is. */
export const RoomNotificationsChange = z
  .strictObject({
    level: NotifyLevel.nullable().optional(),
    snoozedUntil: TimeInput.nullable().optional(),
  })
  .meta({ id: 'RoomNotificationsChange' })
export type RoomNotificationsChange = z.infer<typeof RoomNotificationsChange>

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u, 'must be a time like 22:30')

/** Every day, from a time to a time, over midnight too: nothing is pushed. */
export const QuietHours = z
  .strictObject({
    timeZone: z.string().max(64).refine(isTimeZone, 'must be a time zone like Europe/Berlin'),
    from: TimeOfDay,
    to: TimeOfDay,
  })
  .refine(({ from, to }) => from !== to, { message: 'must not be from itself', path: ['to'] })
  .meta({ id: 'QuietHours' })
export type QuietHours = z.infer<typeof QuietHours>

export const DigestRhythm = z.enum(['off', 'hourly', 'daily'])
export type DigestRhythm = z.infer<typeof DigestRhythm>

const myNotificationsShape = {
  /** Where a room has no level of its own. */
  rooms: NotifyLevel,
  /** The same for DMs and group DMs. */
  direct: NotifyLevel,
  /** Whether pushes and mails say who wrote what; without it only that somebody did. */
  previews: z.boolean(),
  quietHours: QuietHours.nullable(),
  /** How often a mail may tell of what was not read. */
  digest: DigestRhythm,
}
export const MyNotifications = z.object(myNotificationsShape).meta({ id: 'MyNotifications' })
export type MyNotifications = z.infer<typeof MyNotifications>

/** What is not named stays as it is. */
export const MyNotificationsChange = z
  .strictObject(myNotificationsShape)
  .partial()
  .meta({ id: 'MyNotificationsChange' })
export type MyNotificationsChange = z.infer<typeof MyNotificationsChange>

export const DeviceKind = z.enum(['webpush', 'fcm', 'apns'])
export type DeviceKind = z.infer<typeof DeviceKind>

const deviceShape = {
  /** For its owner, to tell it from others. */
  name: text(LIMITS.displayNameCharacters).optional(),
  /**
   * Whether it is told when a message that it shows was read elsewhere. Default true. Browsers that
   * allow no push without a notice (Safari) are better without.
   */
  clears: z.boolean().optional(),
}
const base64url = (bytes: number) =>
  z
    .string()
    .regex(/^[\w-]+$/u, 'must be base64url without padding')
    .length(Math.ceil((bytes * 4) / 3))
const token = z
  .string()
  .min(16)
  .max(4_096)
  .regex(/^[\w:.-]+$/u, 'must be the token that the system gave')

/** `webpush` takes what `PushSubscription.toJSON()` says. */
export const DeviceDraft = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('webpush'),
      endpoint: z.url({ protocol: /^https?$/u }).max(2_048),
      expirationTime: z.number().nullable().optional(),
      keys: z.strictObject({ p256dh: base64url(65), auth: base64url(16) }),
      ...deviceShape,
    }),
    z.strictObject({ kind: z.literal('fcm'), token, ...deviceShape }),
    z.strictObject({
      kind: z.literal('apns'),
      token: z.string().regex(/^([0-9a-f]{2}){32,100}$/iu, 'must be the token in hex'),
      ...deviceShape,
    }),
  ])
  .meta({ id: 'DeviceDraft' })
export type DeviceDraft = z.infer<typeof DeviceDraft>

export const Device = z
  .object({
    id: Uuid,
    kind: DeviceKind,
    name: z.string().nullable(),
    clears: z.boolean(),
    registeredAt: Timestamp,
  })
  .meta({ id: 'Device' })
export type Device = z.infer<typeof Device>

/** What a device is sent. Its tag is `roomId`: a newer one takes the place of an older one. */
export const PushPayload = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('message'),
      roomId: RoomId,
      /** Of the newest message. */
      seq: Seq,
      /** Messages that this notice stands for, of this room. */
      count: z.int().positive(),
      reason: z.enum(['mention', 'reply', 'message']),
      title: z.string(),
      body: z.string(),
      ts: Timestamp,
      /** Absent without previews. */
      from: z.object({ id: UserId, name: z.string() }).optional(),
    }),
    /** The messages up to `seq` were read elsewhere: take their notice away. */
    z.object({ type: z.literal('clear'), roomId: RoomId, seq: Seq }),
  ])
  .meta({ id: 'PushPayload' })
export type PushPayload = z.infer<typeof PushPayload>

export const MyEmail = z
  .object({ address: z.string(), confirmedAt: Timestamp.nullable() })
  .meta({ id: 'MyEmail' })
export type MyEmail = z.infer<typeof MyEmail>

export const EmailAddress = z.email().max(254)

/** Shown to one person, stored nowhere. */
export const EphemeralMessage = z
  .object({
    roomId: RoomId,
    from: z.object({ id: UserId, kind: z.enum(['user', 'bot', 'system']) }),
    text: z.string().optional(),
    payload: Payload.optional(),
    ts: Timestamp,
  })
  .meta({ id: 'EphemeralMessage' })
export type EphemeralMessage = z.infer<typeof EphemeralMessage>

export const ephemeralShape = {
  /** Who sees it. */
  userId: UserId,
  text: MessageText.optional(),
  payload: Payload.optional(),
}
