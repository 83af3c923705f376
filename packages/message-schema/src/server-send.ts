import { z } from 'zod'
import { ClientMsgId, RoomId, UserId } from './ids.ts'
import { hasContent, messageDraftShape, NO_CONTENT } from './message.ts'
import { DisplayName } from './user.ts'

/** As whom a backend speaks. People and bots have to be members of the room, the system does not. */
export const Sender = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('user'), id: UserId }),
    z.strictObject({
      kind: z.literal('bot'),
      id: UserId,
      /** Of a bot that is not there yet: it is made, and called so. */
      displayName: DisplayName.optional(),
    }),
    z.strictObject({ kind: z.literal('system') }),
  ])
  .meta({ id: 'Sender' })
export type Sender = z.infer<typeof Sender>

export const ServerSend = z
  .strictObject({
    roomId: RoomId,
    as: Sender,
    clientMsgId: ClientMsgId.optional(),
    ...messageDraftShape,
  })
  .refine(hasContent, NO_CONTENT)
  .meta({ id: 'ServerSend' })
export type ServerSend = z.infer<typeof ServerSend>

/** The actor of what the system says and does. */
export const SYSTEM_ID = 'system'
/** The caller, in addresses that name a member. */
export const ME_ID = 'me'
/** They mean something else: no user is made with one of them. */
export const RESERVED_USER_IDS: ReadonlySet<string> = new Set([
  SYSTEM_ID,
  ME_ID,
  '@room',
  '@here',
  // Parts of a path that no client can ask for.
  '.',
  '..',
])
