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

export const MessageText = text(LIMITS.textCharacters).refine(
  (value) => value.trim() !== '',
  'must not be blank',
)

const encoder = new TextEncoder()

/** Any JSON object the application likes, bounded in bytes as it travels. */
export const Payload = z
  .record(z.string(), z.json())
  .refine((value) => encoder.encode(JSON.stringify(value)).length <= LIMITS.payloadBytes, {
    message: `must have at most ${LIMITS.payloadBytes} bytes as JSON`,
    params: { tooLarge: true },
  })
  .meta({ id: 'Payload' })
