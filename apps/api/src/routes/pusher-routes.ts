import { ROUTES } from '@parley/message-schema'
import type { Caller } from '../auth/caller.ts'
import { route, type BoundRoute } from '../http/route.ts'
import type { PusherSockets } from '../pusher/channel-signature.ts'
import type { Subscriber, SubscribeChannel } from '../pusher/subscribe-channel.ts'

// What a host's token calls its session changes as the host likes.
const subscriberOf = ({ userId, sessionId, host }: Caller): Subscriber => ({
  userId,
  sessionId: host === undefined ? sessionId : undefined,
})

export const createPusherRoutes = (operations: {
  readonly sockets: PusherSockets
  readonly subscribe: SubscribeChannel
}): BoundRoute[] => [
  route(ROUTES.getPusherSocketId, ({ identity }) => {
    const { userId, sessionId } = subscriberOf(identity)
    return Promise.resolve({ socketId: operations.sockets.newId(userId, sessionId) })
  }),
  route(ROUTES.subscribeChannel, ({ identity, params, body }) =>
    operations.subscribe(subscriberOf(identity), params.key, params.channel, body),
  ),
]
