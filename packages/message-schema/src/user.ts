import { z } from 'zod'
import { Timestamp, UserId } from './ids.ts'
import { LIMITS } from './limits.ts'
import { hasVisible, isOneLine, text } from './text.ts'

export const User = z
  .object({
    id: UserId,
    username: z.string().nullable(),
    displayName: z.string(),
    avatarUrl: z.string().nullable(),
    kind: z.enum(['account', 'guest', 'host', 'bot']),
    createdAt: Timestamp,
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof User>

/** Without the flag `i`, by which a long s and the sign of the kelvin would be letters too. */
export const Username = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]{1,31}$/u,
    'must be 2-32 letters, digits, dots, dashes or underscores',
  )
  .toLowerCase()
export const Password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(256, 'must have at most 256 characters')
export const DisplayName = text(LIMITS.displayNameCharacters)
  .transform((name) => name.trim().normalize('NFC'))
  .pipe(
    z
      .string()
      .min(1, 'must not be blank')
      .refine(hasVisible, 'must have something that can be seen')
      .refine(isOneLine, 'must have no control characters, also none that turn the direction'),
  )

export const Credentials = z.strictObject({
  username: z.string().max(64),
  password: z.string().max(256),
})
export const Registration = z.strictObject({
  username: Username,
  password: Password,
  displayName: DisplayName.optional(),
})

export const AuthSession = z
  .object({
    user: User,
    accessToken: z.string(),
    refreshToken: z.string(),
    /** End of the access token. */
    expiresAt: Timestamp,
  })
  .meta({ id: 'AuthSession' })
export type AuthSession = z.infer<typeof AuthSession>
