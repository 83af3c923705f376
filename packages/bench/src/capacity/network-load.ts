import { readsPerSecond, roomsPerUser, type Demand } from './demand.ts'
import { hostsOfEvent, type GatewayLoad } from './gateway-load.ts'
import type { Constants } from './measured-constants.ts'

/** Bytes a second of one gateway, to and from its clients, and what Redis sends it. */
export interface NetworkLoad {
  readonly out: number
  readonly in: number
  readonly fromRedis: number
}

export function networkLoad(
  demand: Demand,
  gateways: number,
  gateway: GatewayLoad,
  c: Constants,
): NetworkLoad {
  const { sockets } = gateway
  const commands = (demand.messagesPerSecond + readsPerSecond(demand)) / gateways
  const eventBytes = c.deliveryBytes - c.packetBytes + demand.messageBytes
  const pings = (sockets / c.pingEveryS) * c.pingBytes
  const comings = sockets / (demand.minutesOnline * 60)
  const handshakes = comings * (c.handshakeBytes + roomsPerUser(demand) * c.roomStateBytes)
  const said = (demand.messagesPerSecond / gateways) * demand.messageBytes
  return {
    out:
      gateway.deliveredEvents * eventBytes +
      gateway.deliveries * c.packetBytes +
      gateway.headsTold * c.headBytes +
      pings / 2 +
      handshakes / 2 +
      (commands * c.commandBytes) / 2,
    in: said + (commands * c.commandBytes) / 2 + pings / 2 + handshakes / 2,
    fromRedis:
      (demand.messagesPerSecond *
        hostsOfEvent(demand, gateways) *
        (c.newsBytes + demand.messageBytes)) /
        gateways +
      readsPerSecond(demand) * c.broadcastBytes,
  }
}
