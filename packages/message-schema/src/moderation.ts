import { z } from 'zod'
import { Timestamp, UserId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { text } from './text.ts'

export const ModerationAction = z.enum(['mute', 'unmute', 'ban', 'unban', 'kick'])
export type ModerationAction = z.infer<typeof ModerationAction>

export const Reason = text(LIMITS.reasonCharacters)

/** Told in the room's log. `until` is absent where there is no end. */
export const ModerationAct = z
  .object({
    action: ModerationAction,
    userId: UserId,
    until: Timestamp.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'ModerationAct' })
export type ModerationAct = z.infer<typeof ModerationAct>
