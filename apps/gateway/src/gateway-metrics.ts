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

/** Everything that a gateway counts. `docs/metrics.md` is compared with it by a test. */
export function createGatewayMetrics(registry: Registry, read: Readings) {
  const registers = [registry]
  addGauges(registry, read)
  return {
    commands: new Counter({
      name: 'parley_commands_total',
      help: 'Commands by event and outcome.',
      labelNames: ['event', 'code'],
      registers,
    }),
    handshakesRefused: new Counter({
      name: 'parley_handshakes_refused_total',
      help: 'Handshakes that were refused, by code.',
      labelNames: ['code'],
      registers,
    }),
    batchCommands: new Histogram({
      name: 'parley_batch_commands',
      help: 'Commands in one batch to the API.',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
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
    deliveredPackets: new Counter({
      name: 'parley_room_packets_total',
      help: 'Packets of room events that were handed to local rooms.',
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
    slowClosed: new Counter({
      name: 'parley_slow_sessions_closed_total',
      help: 'Sockets that were closed because they did not read.',
      registers,
    }),
  }
}

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>
