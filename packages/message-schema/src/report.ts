import { z } from 'zod'
import { Attachment } from './attachment.ts'
import { RoomId, Seq, Timestamp, UserId, Uuid } from './ids.ts'
import { LIMITS } from './limits.ts'
import { Payload, text } from './text.ts'

export const ReportReason = z.enum(['spam', 'abuse', 'violence', 'sexual', 'illegal', 'other'])
export type ReportReason = z.infer<typeof ReportReason>

export const ReportNote = text(LIMITS.reportNoteCharacters)

export const SettleAction = z.enum(['dismiss', 'delete', 'mute', 'ban', 'kick'])
export type SettleAction = z.infer<typeof SettleAction>

export const ReportStatus = z.enum(['open', 'settled'])
export type ReportStatus = z.infer<typeof ReportStatus>

const reportShape = {
  id: Uuid,
  roomId: RoomId,
  seq: Seq,
  reason: z.union([ReportReason, z.literal('word')]),
  note: z.string().nullable(),
  createdAt: Timestamp,
  status: ReportStatus,
}

/** As its reporter sees it: not who has settled it, nor how. */
export const Report = z.object(reportShape).meta({ id: 'Report' })
export type Report = z.infer<typeof Report>

/**
 * The message as it stands when the queue is read: no report keeps what it said. Nothing is left of
 * one that was deleted.
 */
export const ReportedMessage = z
  .object({
    type: z.string(),
    senderId: UserId,
    text: z.string().nullable(),
    payload: Payload.optional(),
    attachments: z.array(Attachment),
    version: z.int().nonnegative(),
    ts: Timestamp,
    editedAt: Timestamp.nullable(),
    deletedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ReportedMessage' })
export type ReportedMessage = z.infer<typeof ReportedMessage>

/** As moderators see it. Without a reporter: the word list has found it. */
export const QueuedReport = z
  .object({
    ...reportShape,
    reporterId: UserId.nullable(),
    outcome: SettleAction.nullable(),
    /** A user, or the API key that has settled it. */
    settledBy: z.string().nullable(),
    settledAt: Timestamp.nullable(),
    message: ReportedMessage.nullable(),
  })
  .meta({ id: 'QueuedReport' })
export type QueuedReport = z.infer<typeof QueuedReport>
