import { z } from 'zod'
import { Timestamp, UserId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { ChosenStatus, StatusText } from '../presence.ts'

/** What a gateway asks the API about presence. */

/** May these be watched by those? */
export const AudienceRequest = z.strictObject({
  asks: z
    .array(
      z.strictObject({
        watcherId: UserId,
        userIds: z
          .array(UserId)
          .min(1)
          .max(2 * LIMITS.presenceSubscriptions),
      }),
    )
    .min(1)
    .max(50),
})
export type AudienceRequest = z.infer<typeof AudienceRequest>
export type AudienceAsk = AudienceRequest['asks'][number]

export const Watchable = z.object({
  userId: UserId,
  /** Else they are offline for the watcher, whatever they are. */
  presence: z.boolean(),
  lastSeen: z.boolean(),
  /** As it is stored; given to whoever asks, shown to whom `lastSeen` allows. */
  lastSeenAt: Timestamp.optional(),
})
export type Watchable = z.infer<typeof Watchable>

/** One list an ask, in their order; one entry a user. */
export const AudienceResult = z.object({ answers: z.array(z.array(Watchable)) })
export type AudienceResult = z.infer<typeof AudienceResult>

export const StatusChange = z.strictObject({
  userId: UserId,
  status: ChosenStatus.optional(),
  text: StatusText.nullable().optional(),
})
export type StatusChange = z.infer<typeof StatusChange>

export const SeenBatch = z.strictObject({
  users: z
    .array(z.strictObject({ userId: UserId, at: Timestamp }))
    .min(1)
    .max(500),
})
export type SeenBatch = z.infer<typeof SeenBatch>

/** Part of `UserState`: what a gateway does with its own users. */
export const OwnPresence = z.object({
  status: ChosenStatus,
  text: z.string().nullable(),
  /** Moves with every change of the two. */
  version: z.int().nonnegative(),
  typing: z.boolean(),
  readReceipts: z.boolean(),
})
export type OwnPresence = z.infer<typeof OwnPresence>

export const PRESENCE_PATHS = {
  audience: '/internal/presence/audience',
  status: '/internal/presence/status',
  seen: '/internal/presence/seen',
} as const
