import { z } from 'zod'
import { LIMITS } from './limits.ts'

const characters = (text: string): number => {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** Counted in code points; a lone surrogate is refused because it cannot be stored as UTF-8. */
export const text = (max: number) =>
  z
    .string()
    .refine(
      (value) => value.length <= max || (value.length <= 2 * max && characters(value) <= max),
      {
        message: `must have at most ${max} characters`,
        params: { tooLarge: true },
        abort: true,
      },
    )
    .refine((value) => value.isWellFormed(), { message: 'must be well-formed Unicode' })

/** Blanks, control and format characters are seen by nobody. */
export const hasVisible = (value: string): boolean => /[^\p{Z}\p{Cc}\p{Cf}]/u.test(value)

/** What reorders or hides what stands beside it, in a place that is shown on one line. */
export const isOneLine = (value: string): boolean =>
  !/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u.test(value)

export const MessageText = text(LIMITS.textCharacters).refine(hasVisible, 'must not be blank')

/** Deeper than any application's data, and shallow enough for every recursive reader of it. */
const PAYLOAD_DEPTH = 20

/**
 * JSON and nothing else: no bytes, no cycles, nothing that becomes something else on its way. No lone
 * surrogate either, in keys as little as in values: the database refuses to read JSON that has one.
 */
function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth === 0) return false
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.entries(value).every(
    // A receiver that copies fields by assignment would change what it never meant to.
    ([name, field]) => name !== '__proto__' && name.isWellFormed() && isJson(field, depth - 1),
  )
}

const encoder = new TextEncoder()

/** Any JSON object the application likes, bounded in bytes as it travels. */
export const Payload = z
  .record(z.string(), z.unknown())
  .refine((value) => isJson(value, PAYLOAD_DEPTH), {
    message: `must be JSON of well-formed Unicode, at most ${PAYLOAD_DEPTH} levels deep`,
    abort: true,
  })
  .refine((value) => encoder.encode(JSON.stringify(value)).length <= LIMITS.payloadBytes, {
    message: `must have at most ${LIMITS.payloadBytes} bytes as JSON`,
    params: { tooLarge: true },
  })
  .meta({ id: 'Payload' })
