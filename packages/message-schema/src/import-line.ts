import { z } from 'zod'
import { ERROR_CODES } from './errors.ts'
import { Timestamp, UserId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { messageDraftShape } from './message.ts'
import { hasVisible } from './text.ts'

/** Whatever it was where it comes from. */
const ExternalId = z
  .union([z.string().min(1).max(128), z.int().transform(String)])
  .meta({ id: 'ExternalId' })

const time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .pipe(Timestamp)

/** Of files of all kinds of formats, what they are called. The files themselves are not brought in. */
function fileNames(attachments: unknown): string[] {
  if (!Array.isArray(attachments)) return []
  const files: unknown[] = attachments
  return files.flatMap((file) => {
    const name: unknown = Object(file).name
    return typeof name === 'string' && hasVisible(name) ? [name.trim()] : []
  })
}

/**
 * What a message says where it comes from: of one that is nothing but files their names stay, so that those who
 * answer it find it.
 */
export function importedText({
  text,
  payload,
  attachments,
}: {
  readonly text?: string | null | undefined
  readonly payload?: unknown
  readonly attachments?: unknown
}): string | undefined {
  if (text !== undefined && text !== null) return text
  const names = payload === undefined ? fileNames(attachments) : []
  return names.length === 0
    ? undefined
    : names.join('\n').slice(0, LIMITS.textCharacters).toWellFormed()
}

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
    /** Files, of which only the names are read, and only where there is nothing else. */
    attachments: z.unknown().optional(),
    ts: time,
    replyTo: ExternalId.optional(),
    threadId: ExternalId.optional(),
    editedAt: time.optional(),
    deleted: z.boolean().optional(),
  })
  .refine(
    (line) =>
      line.deleted === true || line.payload !== undefined || importedText(line) !== undefined,
    { message: 'needs text, payload or files with names, or to be deleted', path: ['text'] },
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
