import { Counter, Gauge, Histogram, type Registry } from '@parley/server-kit'

interface Readings {
  readonly sessions: () => number
  readonly rooms: () => number
  readonly queued: () => number
  readonly usersHere: () => number
  readonly usersWatched: () => number
  readonly leases: () => number
}

function addGauges(registry: Registry, read: Readings): void {
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value())
      },
    })
  gauge('parley_sessions', 'Authenticated sockets.', read.sessions)
  gauge('parley_rooms_followed', 'Rooms that have local sockets.', read.rooms)
  gauge('parley_commands_queued', 'Commands that wait for their batch.', read.queued)
  gauge('parley_presence_users', 'Users with sockets here, or gone a moment ago.', read.usersHere)
  gauge('parley_presence_watched', 'Users whose presence sockets here watch.', read.usersWatched)
  gauge('parley_presence_leases', 'Living gateways, by their presence leases.', read.leases)
}

const commandMetrics = (registers: Registry[]) => ({
  commands: new Counter({
    name: 'parley_commands_total',
    help: 'Commands by event and outcome.',
    labelNames: ['event', 'code'],
    registers,
  }),
  commandSeconds: new Histogram({
    name: 'parley_command_seconds',
    help: 'From a command for the log until the gateway has its answer.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  }),
  batchCommands: new Histogram({
    name: 'parley_batch_commands',
    help: 'Commands in one batch to the API.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
    registers,
  }),
  resumedRooms: new Counter({
    name: 'parley_resumed_rooms_total',
    help: 'Rooms of resumes, by what they were answered.',
    labelNames: ['outcome'],
    registers,
  }),
  recoveredEvents: new Counter({
    name: 'parley_recovered_events_total',
    help: 'Events that clients had missed and were handed when they resumed.',
    registers,
  }),
})

const sessionMetrics = (registers: Registry[]) => ({
  handshakes: new Counter({
    name: 'parley_handshakes_total',
    help: 'Handshakes that were accepted.',
    registers,
  }),
  handshakesRefused: new Counter({
    name: 'parley_handshakes_refused_total',
    help: 'Handshakes that were refused, by code.',
    labelNames: ['code'],
    registers,
  }),
  sessionsClosed: new Counter({
    name: 'parley_sessions_closed_total',
    help: 'Sockets that were closed, by our code or the reason of Socket.IO.',
    labelNames: ['reason'],
    registers,
  }),
  slowClosed: new Counter({
    name: 'parley_slow_sessions_closed_total',
    help: 'Sockets that were closed because they did not read.',
    registers,
  }),
})

const deliveryMetrics = (registers: Registry[]) => ({
  deliveredPackets: new Counter({
    name: 'parley_room_packets_total',
    help: 'Packets of room events that were handed to local rooms.',
    registers,
  }),
  deliveries: new Counter({
    name: 'parley_deliveries_total',
    help: 'Packets of room events times the local sockets that were handed them.',
    registers,
  }),
  deliverySeconds: new Histogram({
    name: 'parley_delivery_seconds',
    help: 'From the time of an event until the first and the last local socket was handed it.',
    labelNames: ['to'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  }),
  repairs: new Counter({
    name: 'parley_repairs_total',
    help: 'Gaps of rooms that were closed from the log.',
    registers,
  }),
  repairedEvents: new Counter({
    name: 'parley_repaired_events_total',
    help: 'Events that were fetched from the log because news of them did not come.',
    registers,
  }),
  reconciledRooms: new Counter({
    name: 'parley_reconciled_rooms_total',
    help: 'Rooms that reconciliation found behind.',
    registers,
  }),
})

const newsMetrics = (registers: Registry[]) => ({
  newsHeard: new Counter({
    name: 'parley_news_heard_total',
    help: 'Messages of rooms and users that came by Redis.',
    registers,
  }),
  busLag: new Histogram({
    name: 'parley_bus_lag_seconds',
    help: 'From publishing a word to oneself until it was heard.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  }),
  busProbesLost: new Counter({
    name: 'parley_bus_probes_lost_total',
    help: 'Words to oneself that were not heard within five seconds.',
    registers,
  }),
  broadcastsLost: new Counter({
    name: 'parley_broadcasts_lost_total',
    help: 'Broadcasts outside the log that Redis did not take.',
    registers,
  }),
  presencePublished: new Counter({
    name: 'parley_presence_published_total',
    help: 'Changes of presence that were told to other gateways.',
    registers,
  }),
  roomSigns: new Counter({
    name: 'parley_room_signs_total',
    help: 'Signs of typing and reading, by what became of them.',
    labelNames: ['kind', 'way'],
    registers,
  }),
})

/** Everything that a gateway counts. `docs/metrics.md` is compared with it by a test. */
export function createGatewayMetrics(registry: Registry, read: Readings) {
  addGauges(registry, read)
  return {
    ...commandMetrics([registry]),
    ...sessionMetrics([registry]),
    ...deliveryMetrics([registry]),
    ...newsMetrics([registry]),
  }
}

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>
