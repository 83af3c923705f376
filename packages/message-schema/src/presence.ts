import { z } from 'zod'
import { RoomId, Seq, Timestamp, UserId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { text } from './text.ts'

/** What a person chooses. It is theirs, not a device's, and stays until they choose again. */
export const ChosenStatus = z.enum(['online', 'away', 'dnd', 'invisible'])
export type ChosenStatus = z.infer<typeof ChosenStatus>

/** What others see. `invisible` is seen as `offline`. */
export const ShownStatus = z.enum(['online', 'away', 'dnd', 'offline'])
export type ShownStatus = z.infer<typeof ShownStatus>

export const StatusText = text(LIMITS.statusCharacters)

export const PresenceState = z
  .object({
    userId: UserId,
    status: ShownStatus,
    /** Of somebody who is not offline. */
    text: z.string().optional(),
    /** Of somebody who is offline, to the minute. */
    lastSeenAt: Timestamp.optional(),
  })
  .meta({ id: 'PresenceState' })
export type PresenceState = z.infer<typeof PresenceState>

export const Presence = z
  .object({ states: z.array(PresenceState) })
  .meta({ id: 'Presence', description: 'Who is not named is not known of now.' })
export type Presence = z.infer<typeof Presence>

/** Takes the place of what the socket watched before: the people on screen. */
export const PresenceSubscribe = z
  .strictObject({ userIds: z.array(UserId).max(LIMITS.presenceSubscriptions) })
  .meta({ id: 'PresenceSubscribe' })
export type PresenceSubscribe = z.infer<typeof PresenceSubscribe>

/**
 * `status` and `text` are the person's. `idle` is this device's: somebody who is `online` and whose
 * devices are all idle is seen as `away`. What is absent stays as it is; a `text` of `null` is none.
 */
export const PresenceSet = z
  .strictObject({
    status: ChosenStatus.optional(),
    text: StatusText.nullable().optional(),
    idle: z.boolean().optional(),
  })
  .refine(
    ({ status, text: words, idle }) => [status, words, idle].some((field) => field !== undefined),
    { message: 'needs status, text or idle', path: ['status'] },
  )
  .meta({ id: 'PresenceSet' })
export type PresenceSet = z.infer<typeof PresenceSet>

export const MyPresence = z
  .object({ status: ChosenStatus, text: z.string().nullable() })
  .meta({ id: 'MyPresence' })
export type MyPresence = z.infer<typeof MyPresence>

export const MyPresenceChange = z
  .strictObject({ status: ChosenStatus, text: StatusText.nullable() })
  .partial()
  .meta({ id: 'MyPresenceChange' })
export type MyPresenceChange = z.infer<typeof MyPresenceChange>

export const Done = z.object({}).meta({ id: 'Done' })
export type Done = z.infer<typeof Done>

/** Said again while one goes on typing: it holds for `LIMITS.typingForMs`. */
export const TypingSet = z
  .strictObject({ roomId: RoomId, on: z.boolean(), threadId: Seq.optional() })
  .meta({ id: 'TypingSet' })
export type TypingSet = z.infer<typeof TypingSet>

/** What has changed; `others` is how many type beside those that were named. */
export const Typing = z
  .object({
    roomId: RoomId,
    users: z.array(z.object({ userId: UserId, on: z.boolean(), threadId: Seq.optional() })),
    others: z.int().positive().optional(),
  })
  .meta({ id: 'Typing' })
export type Typing = z.infer<typeof Typing>
