import type { GatewayMetrics } from '../gateway-metrics.ts'
import type { RoomPacket } from '../room-feed/room-packet.ts'
import type { WriteToRoom } from './room-writer.ts'

const secondsSince = (thenMs: number): number => Math.max(0, (Date.now() - thenMs) / 1_000)

/**
 * How old the oldest event of a packet is when the first and the last local socket are handed it: by the clock of
 * the API and ours, once a packet, however many sockets there are.
 */
export function measureDelivery(
  write: (packet: RoomPacket) => number,
  { deliveries, deliverySeconds }: Pick<GatewayMetrics, 'deliveries' | 'deliverySeconds'>,
): WriteToRoom {
  const first = deliverySeconds.labels('first')
  const last = deliverySeconds.labels('last')
  return (packet) => {
    const { sinceMs } = packet
    const ageBefore = secondsSince(sinceMs)
    const sockets = write(packet)
    if (sockets === 0) return
    deliveries.inc(sockets)
    // What is no number would be thrown at nobody, and end the gateway.
    if (!Number.isFinite(sinceMs)) return
    first.observe(ageBefore)
    last.observe(secondsSince(sinceMs))
  }
}
