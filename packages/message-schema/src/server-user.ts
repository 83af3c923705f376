import { z } from 'zod'
import { Timestamp, UserId } from './ids.ts'
import { PictureUrl } from './room.ts'
import { DisplayName, User } from './user.ts'

/** What a backend says of a user. What it leaves out stays as it is. */
export const userUpsertShape = {
  displayName: DisplayName,
  avatarUrl: PictureUrl.nullable().optional(),
  /** Of a new user; `host` if it is not said. It never changes. */
  kind: z.enum(['host', 'bot']).optional(),
}

/** `created` is false for somebody who was there already. */
export const UserUpserted = z
  .object({ user: User, created: z.boolean() })
  .meta({ id: 'UserUpserted' })
export type UserUpserted = z.infer<typeof UserUpserted>

/** Bodies of messages are erased room by room; what is left of them is that they were there. */
export const Erasure = z
  .object({
    userId: UserId,
    state: z.enum(['running', 'finished']),
    roomsDone: z.int().nonnegative(),
    askedAt: Timestamp,
    finishedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Erasure' })
export type Erasure = z.infer<typeof Erasure>
