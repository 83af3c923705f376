import { z } from 'zod'
import { RoomId } from '../ids.ts'
import { ephemeralShape } from '../notification.ts'
import { Sender } from '../server-send.ts'
import type { RouteSpec } from './route.ts'

const hasContent = ({ text, payload }: { text?: unknown; payload?: unknown }): boolean =>
  text !== undefined || payload !== undefined
const NO_CONTENT = { message: 'needs text or payload', path: ['text'] }

export const ephemeralRoutes = {
  postEphemeral: {
    method: 'post',
    path: '/v1/rooms/:id/ephemeral',
    summary: 'Show a message to one member, now, without storing it. It may be lost.',
    tag: 'messages',
    auth: 'user',
    params: z.object({ id: RoomId }),
    body: z.strictObject(ephemeralShape).refine(hasContent, NO_CONTENT),
    status: 202,
    response: z.object({}),
    errors: [
      'NOT_FOUND',
      'NOT_MEMBER',
      'FORBIDDEN',
      'BANNED',
      'MUTED',
      'ROOM_ARCHIVED',
      'TOO_LARGE',
    ],
  },
  postServerEphemeral: {
    method: 'post',
    path: '/v1/server/ephemeral',
    summary: 'The same as a user, a bot or the system.',
    tag: 'server',
    auth: 'key',
    scope: 'messages:write',
    body: z
      .strictObject({
        roomId: RoomId,
        as: Sender,
        ...ephemeralShape,
      })
      .refine(hasContent, NO_CONTENT),
    status: 202,
    response: z.object({}),
    errors: ['NOT_FOUND', 'TOO_LARGE'],
  },
} as const satisfies Record<string, RouteSpec>
