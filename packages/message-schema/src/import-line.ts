import { z } from 'zod'
import { ERROR_CODES } from './errors.ts'
import { Timestamp, UserId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { messageDraftShape } from './message.ts'

/** Whatever it was where it comes from. */
const ExternalId = z
  .union([z.string().min(1).max(128), z.int().transform(String)])
  .meta({ id: 'ExternalId' })

const time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .pipe(Timestamp)

/**
 * A message that is brought in. A line of an export is one too: what is not here is passed over.
 * `kind` is absent or `message`; lines of another kind are not messages.
 */
export const ImportLine = z
  .object({
    id: ExternalId,
    senderId: UserId,
    /** For users that are made on the way. */
    sender: z.object({ displayName: z.string().optional() }).optional(),
    type: messageDraftShape.type,
    text: messageDraftShape.text.nullable(),
    payload: messageDraftShape.payload,
    mentions: messageDraftShape.mentions,
    ts: time,
    replyTo: ExternalId.optional(),
    threadId: ExternalId.optional(),
    editedAt: time.optional(),
    deleted: z.boolean().optional(),
  })
  .refine(
    ({ text, payload, deleted }) =>
      deleted === true || (text !== undefined && text !== null) || payload !== undefined,
    { message: 'needs text or payload, or to be deleted', path: ['text'] },
  )
  .meta({ id: 'ImportLine' })
export type ImportLine = z.infer<typeof ImportLine>

const counts = {
  /** Lines read, those that are not messages too. */
  lines: z.int().nonnegative(),
  imported: z.int().nonnegative(),
  /** There already, from an earlier run or a line with the same id. */
  already: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  usersCreated: z.int().nonnegative(),
}

/** Of one line that was not brought in. */
export const ImportError = z.object({
  line: z.int().positive(),
  id: z.string().nullable(),
  code: z.enum(ERROR_CODES),
  message: z.string(),
})
export type ImportError = z.infer<typeof ImportError>

/** The last line of the answer to an import. */
export const ImportReport = z
  .object({
    kind: z.literal('report'),
    ...counts,
    dryRun: z.boolean(),
    /** False: it ended early, `stoppedBy` says why. Sending the same again goes on. */
    isComplete: z.boolean(),
    stoppedBy: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).optional(),
    /** The first of them. `failed` counts all. */
    errors: z.array(ImportError).max(LIMITS.importErrors),
  })
  .meta({ id: 'ImportReport' })
export type ImportReport = z.infer<typeof ImportReport>

export const ImportProgress = z.object({ kind: z.literal('progress'), ...counts })
export type ImportProgress = z.infer<typeof ImportProgress>
