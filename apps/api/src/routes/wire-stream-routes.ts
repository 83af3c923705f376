import { Counter, Gauge } from '@parley/server-kit'
import { createStillAdmitted } from '../auth/still-admitted.ts'
import { createEventStore } from '../db/log/event-store.ts'
import { createMemberStore } from '../db/rooms/member-store.ts'
import { createFollowRoom } from '../history/follow-room.ts'
import { createAllowReading } from '../history/reader-access.ts'
import { createStreamLinks } from '../history/stream-link.ts'
import { createStreamPlaces } from '../history/stream-places.ts'
import type { BoundRoute } from '../http/route.ts'
import type { RoutePorts } from './create-routes.ts'
import { createStreamRoutes } from './stream-routes.ts'

export function wireStreamRoutes(ports: RoutePorts): BoundRoute[] {
  const { config, logPool, living, standings, waitForEvents, stopping, metrics } = ports
  const { perUser, most, quietMs } = config.streams
  const places = createStreamPlaces({ perUser, all: most })
  const allowReading = createAllowReading(createMemberStore(logPool))
  const open = new Gauge({
    name: 'parley_event_streams',
    help: 'Streams of Server-Sent Events that are open.',
    registers: [],
    collect() {
      this.set(places.taken())
    },
  })
  metrics.registerMetric(open)
  const ends = new Counter({
    name: 'parley_event_streams_ended_total',
    help: 'Streams that have ended, by how: gone, stopped, slow, or the code that the reader was told.',
    labelNames: ['how'],
    registers: [metrics],
  })
  return createStreamRoutes({
    followRoom: createFollowRoom({
      allowReading,
      events: createEventStore(logPool),
      waitForEvents,
      quietMs,
    }),
    allowReading,
    stillAdmitted: createStillAdmitted({ living, standings }),
    links: createStreamLinks(config.internalToken),
    places,
    stopping,
    ended: (how) => ends.inc({ how }),
  })
}
