import { z } from 'zod'
import { Position, RoomId } from '../ids.ts'
import type { RouteSpec } from './route.ts'

export const ChannelName = z
  .string()
  .regex(/^[\w\-=@,.;]{1,200}$/u, 'must be 1-200 letters, digits or any of _-=@,.;')
/** Two numbers with a dot between them. */
export const PusherSocketId = z.string().regex(/^\d{1,20}\.\d{1,20}$/u, 'must be a socket id')

/** For pages that came from Pusher: what its server package signs is what they show here. */
export const pusherRoutes = {
  getPusherSocketId: {
    method: 'get',
    path: '/v1/pusher/socket-id',
    summary: 'A socket id of Pusher for this page, to be signed by whoever lets it into channels.',
    tag: 'pusher',
    auth: 'user',
    status: 200,
    response: z.object({ socketId: PusherSocketId }),
  },
  subscribeChannel: {
    method: 'post',
    path: '/v1/pusher/:key/channels/:channel/subscribe',
    summary: 'Become a member of the room that a channel is. Doing it again changes nothing.',
    tag: 'pusher',
    auth: 'user',
    params: z.object({ key: z.string().max(64), channel: ChannelName }),
    body: z.strictObject({
      socketId: PusherSocketId.optional(),
      /** As the server package answers it: `key:signature`. */
      auth: z.string().max(200).optional(),
      /** Of presence channels: the text that was signed. */
      channelData: z.string().max(4_096).optional(),
    }),
    repeatable: true,
    status: 200,
    response: z
      .object({
        roomId: RoomId,
        /** Its events follow from here on. */
        head: Position,
      })
      .meta({ id: 'SubscribedChannel' }),
    errors: ['NOT_FOUND', 'FORBIDDEN', 'BANNED'],
  },
} as const satisfies Record<string, RouteSpec>
