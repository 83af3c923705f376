import { RoomId, UserId } from '@parley/message-schema'
import { z } from 'zod'
import { badUsage } from '../cli-error.ts'

function checked<Schema extends z.ZodType>(
  schema: Schema,
  name: string,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw badUsage(`${name} ${parsed.error.issues.map(({ message }) => message).join('; ')}.`)
}

export const roomIdOf = (value: string | undefined): string => checked(RoomId, 'The room', value)
export const userIdOf = (value: string | undefined): string => checked(UserId, 'The user', value)

export const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/u, 'must be a whole number')
  .transform(Number)
export const positive = wholeNumber.refine((value) => value > 0, 'must be 1 or more')

/** What cannot be undone is asked for twice. */
export function confirm(isMeant: boolean | undefined, what: string): void {
  if (isMeant !== true) throw badUsage(`${what} This cannot be undone; add --yes to do it.`)
}
