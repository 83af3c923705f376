import { z } from 'zod'
import { ERROR_CODES } from './errors.ts'
import { ClientMsgId, RoomId, Seq, TimeInput, Timestamp, Uuid } from './ids.ts'
import { hasContent, messageDraftShape, NO_CONTENT } from './message.ts'

/** `sending`: it was tried, and the outcome is not known yet. */
export const ScheduledStatus = z.enum(['pending', 'sending', 'sent', 'failed'])
export type ScheduledStatus = z.infer<typeof ScheduledStatus>

export const ScheduledDraft = z
  .strictObject({ sendAt: TimeInput, clientMsgId: ClientMsgId.optional(), ...messageDraftShape })
  .refine(hasContent, NO_CONTENT)
  .meta({ id: 'ScheduledDraft' })
export type ScheduledDraft = z.infer<typeof ScheduledDraft>

/** A new time, a new message, or both. Of the message everything is given anew. */
export const ScheduledChange = z
  .strictObject({
    sendAt: TimeInput.optional(),
    message: z.strictObject(messageDraftShape).refine(hasContent, NO_CONTENT).optional(),
  })
  .refine(({ sendAt, message }) => sendAt !== undefined || message !== undefined, {
    message: 'needs sendAt or message',
  })
  .meta({ id: 'ScheduledChange' })
export type ScheduledChange = z.infer<typeof ScheduledChange>

export const ScheduledMessage = z
  .object({
    id: Uuid,
    roomId: RoomId,
    sendAt: Timestamp,
    status: ScheduledStatus,
    message: z.object(messageDraftShape),
    /** Of what is sent: the same however often it is tried. */
    clientMsgId: ClientMsgId,
    /** Of a message that was sent. */
    seq: Seq.optional(),
    /** Why it was not sent. */
    error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).optional(),
    createdAt: Timestamp,
  })
  .meta({ id: 'ScheduledMessage' })
export type ScheduledMessage = z.infer<typeof ScheduledMessage>
