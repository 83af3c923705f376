import { z } from 'zod'
import { Timestamp, Uuid } from './ids.ts'
import { LIMITS } from './limits.ts'
import { text } from './text.ts'

/** `word`: with an end on both sides, so that one in the middle of another is none. */
export const WordMode = z.enum(['word', 'anywhere'])
export type WordMode = z.infer<typeof WordMode>

/** `mask` puts `*` for its letters; `report` lets the message through, and tells the moderators. */
export const WordAction = z.enum(['reject', 'mask', 'report'])
export type WordAction = z.infer<typeof WordAction>

export const BlockedWord = z
  .object({
    id: Uuid,
    word: z.string(),
    mode: WordMode,
    action: WordAction,
    /** Also when letters of other alphabets, or digits, stand for its own. */
    lookalikes: z.boolean(),
    createdAt: Timestamp,
    /** The key that did it. */
    createdBy: z.string(),
  })
  .meta({ id: 'BlockedWord' })
export type BlockedWord = z.infer<typeof BlockedWord>

/** Something must be left of it when what stands between letters is not counted. */
const Word = text(LIMITS.blockedWordCharacters)
  .transform((word) => word.trim().normalize('NFC'))
  .pipe(z.string().regex(/[\p{L}\p{N}]/u, 'must have a letter or a digit'))

export const blockedWordShape = {
  word: Word,
  mode: WordMode,
  action: WordAction,
  lookalikes: z.boolean(),
}

export const BlockedWordDraft = z.strictObject({
  word: Word,
  mode: WordMode.default('word'),
  action: WordAction.default('reject'),
  lookalikes: z.boolean().default(true),
})
export type BlockedWordDraft = z.infer<typeof BlockedWordDraft>
