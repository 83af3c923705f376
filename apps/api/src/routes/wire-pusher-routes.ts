import type { Router } from 'express'
import { createChannelStore } from '../db/pusher/channel-store.ts'
import { createMemberStore } from '../db/rooms/member-store.ts'
import { createAllowReading } from '../history/reader-access.ts'
import type { RateLimits } from '../http/rate-limits.ts'
import type { BoundRoute } from '../http/route.ts'
import { createPusherSockets } from '../pusher/channel-signature.ts'
import { createDescribeChannels } from '../pusher/describe-channels.ts'
import { createChannelRooms } from '../pusher/find-room.ts'
import { createSubscribeChannel } from '../pusher/subscribe-channel.ts'
import { createTriggerEvents } from '../pusher/trigger-events.ts'
import type { Logger } from '@parley/server-kit'
import type { RoutePorts } from './create-routes.ts'
import { createPusherRouter } from './pusher-router.ts'
import { createPusherRoutes } from './pusher-routes.ts'

type PusherPorts = Pick<RoutePorts, 'config' | 'logPool' | 'run' | 'presence'>

function channelRooms({ config, logPool, run }: PusherPorts) {
  const { add } = createChannelStore(logPool)
  return createChannelRooms({ run, add, retentionDays: config.pusher.retentionDays })
}

/** What pages ask that came from Pusher. */
export function wirePusherRoutes(ports: PusherPorts): BoundRoute[] {
  const { config, logPool, run } = ports
  const sockets = createPusherSockets(config.internalToken)
  return createPusherRoutes({
    sockets,
    subscribe: createSubscribeChannel({
      apps: config.pusher.apps,
      sockets,
      rooms: channelRooms(ports),
      run,
      allowReading: createAllowReading(createMemberStore(logPool)),
    }),
  })
}

/** What their servers ask. */
export function wirePusherRouter(
  ports: PusherPorts & { readonly logger: Logger },
  limits: Pick<RateLimits, 'address' | 'key'>,
): Router {
  const { config, logPool, run, presence, logger } = ports
  return createPusherRouter({
    apps: config.pusher.apps,
    trigger: createTriggerEvents(run, channelRooms(ports)),
    describe: createDescribeChannels(createChannelStore(logPool), presence.onlineUsers.onlineAmong),
    limits,
    logger,
  })
}
