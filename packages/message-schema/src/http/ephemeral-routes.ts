import { z } from 'zod'
import { ActorKind } from '../event.ts'
import { RoomId, UserId } from '../ids.ts'
import { ephemeralShape } from '../notification.ts'
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
    errors: ['NOT_FOUND', 'NOT_MEMBER', 'FORBIDDEN', 'MUTED', 'ROOM_ARCHIVED', 'TOO_LARGE'],
  },
  postServerEphemeral: {
    method: 'post',
    path: '/v1/server/ephemeral',
    summary: 'The same as a bot or as the system.',
    tag: 'server',
    auth: 'key',
    scope: 'messages:write',
    body: z
      .strictObject({
        roomId: RoomId,
        from: z.strictObject({ id: UserId, kind: ActorKind.exclude(['user']) }),
        ...ephemeralShape,
      })
      .refine(hasContent, NO_CONTENT),
    status: 202,
    response: z.object({}),
    errors: ['NOT_FOUND', 'TOO_LARGE'],
  },
} as const satisfies Record<string, RouteSpec>
