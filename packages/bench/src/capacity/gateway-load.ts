import {
  messagesInLargest,
  onlineMembers,
  presencePerSecond,
  readsPerSecond,
  roomsPerUser,
  type Demand,
  type Supply,
} from './demand.ts'
import type { Constants } from './measured-constants.ts'
import { expectedHosts, feedLifeS } from './placement.ts'

/** What one of `gateways` gateways does, and what it holds. */
export interface GatewayLoad {
  readonly sockets: number
  /** Rooms that have a socket here. */
  readonly rooms: number
  /** Share of a core by what it goes to. */
  readonly cpu: Readonly<
    Record<'handshakes' | 'deliveries' | 'events' | 'commands' | 'rest', number>
  >
  readonly cpuShare: number
  readonly memoryMb: number
  /** Packets of rooms times their sockets, a second; and the events in them. */
  readonly deliveries: number
  readonly deliveredEvents: number
  /** Rooms named in `room:heads`, a second, to all sockets together. */
  readonly headsTold: number
}

export const cpuOf = ({ cpu }: Pick<GatewayLoad, 'cpu'>): number =>
  Object.values(cpu).reduce((sum, part) => sum + part, 0)

/** As the gateway's `flush-window.ts`: halves of halves of the longest. */
function windowMs(sockets: number, c: Constants): number {
  const enough = sockets * c.windowMsPerSocket
  let window = c.windowMs
  while (window > enough && window >= c.windowFromMs) window /= 2
  return window < c.windowFromMs ? 0 : window
}

/**
 * Packets a second of a room with so many local sockets that says so much: a busy one has one a window, if anything
 * was said in it, and things are said by chance.
 */
export function packetsPerSecond(eventsPerSecond: number, sockets: number, c: Constants): number {
  const isFlooded = eventsPerSecond >= c.floodPerSecond
  const windowS = (windowMs(sockets, c) * (isFlooded ? c.floodFactor : 1)) / 1_000
  return windowS === 0 ? eventsPerSecond : (1 - Math.exp(-eventsPerSecond * windowS)) / windowS
}

/** Sockets of one gateway that are handed a packet, a second. */
function deliveriesPerSecond(demand: Demand, gateways: number, c: Constants): number {
  const hottest = messagesInLargest(demand)
  const usual = (demand.messagesPerSecond - hottest) / Math.max(1, demand.rooms - 1)
  const inRoom = onlineMembers(demand) / gateways
  const inLargest = (demand.largestRoom * demand.online) / gateways
  const usualRooms = Math.max(0, demand.rooms - 1) * inRoom * packetsPerSecond(usual, inRoom, c)
  return usualRooms + inLargest * packetsPerSecond(hottest, inLargest, c)
}

/** As above, but each event by itself. */
function deliveredEvents(demand: Demand, gateways: number): number {
  const hottest = messagesInLargest(demand)
  const usual = demand.messagesPerSecond - hottest
  const toAll = usual * onlineMembers(demand) + hottest * demand.largestRoom * demand.online
  return toAll / gateways
}

/** Of each event of all rooms, how many gateways hear. */
export function hostsOfEvent(demand: Demand, gateways: number): number {
  const hottest = messagesInLargest(demand) / Math.max(demand.messagesPerSecond, 1e-9)
  const inLargest = expectedHosts(demand.largestRoom * demand.online, gateways)
  return (1 - hottest) * expectedHosts(onlineMembers(demand), gateways) + hottest * inLargest
}

export function gatewayLoad(
  demand: Demand,
  supply: Supply,
  gateways: number,
  c: Constants,
): GatewayLoad {
  const sockets = demand.sockets / gateways
  const rooms = Math.min(
    demand.rooms,
    (demand.rooms * expectedHosts(onlineMembers(demand), gateways)) / gateways,
  )
  const headsS = supply.headsIntervalMs / 1_000
  const ownRooms = roomsPerUser(demand)
  const perRoom = demand.messagesPerSecond / demand.rooms
  const events = (demand.messagesPerSecond * hostsOfEvent(demand, gateways)) / gateways
  const commands = (demand.messagesPerSecond + readsPerSecond(demand)) / gateways
  // A socket is told of its rooms that moved since the last beacon, and each twelfth time of all.
  const movedRooms = ownRooms * (1 - Math.exp(-perRoom * headsS))
  const beaconUs = (1 - Math.exp(-movedRooms)) * c.beaconUs + movedRooms * c.beaconRoomUs
  const fullBeaconUs = c.beaconUs + ownRooms * c.beaconRoomUs
  const deliveries = deliveriesPerSecond(demand, gateways, c)
  const us = {
    handshakes: (sockets / (demand.minutesOnline * 60)) * c.handshakeMs * 1_000,
    deliveries: deliveries * c.deliveryUs,
    events: events * c.eventUs,
    commands: commands * c.commandUs,
    rest:
      (sockets / c.pingEveryS) * c.pingUs +
      (sockets * (beaconUs + fullBeaconUs / c.fullBeaconEvery)) / headsS +
      readsPerSecond(demand) * c.heardReadUs +
      (presencePerSecond(demand) / gateways) * (1 + demand.watched) * c.beaconUs,
  }
  const cpu = {
    handshakes: us.handshakes / 1e6,
    deliveries: us.deliveries / 1e6,
    events: us.events / 1e6,
    commands: us.commands / 1e6,
    rest: us.rest / 1e6,
  }
  return {
    sockets,
    rooms,
    cpu,
    cpuShare: cpuOf({ cpu }),
    memoryMb: memoryMb(demand, { sockets, rooms, gateways, perRoom, ownRooms }, c),
    deliveries,
    deliveredEvents: deliveredEvents(demand, gateways),
    headsTold: (sockets * (movedRooms + ownRooms / c.fullBeaconEvery)) / headsS,
  }
}

interface Held {
  readonly sockets: number
  readonly rooms: number
  readonly gateways: number
  readonly perRoom: number
  readonly ownRooms: number
}

function memoryMb(
  demand: Demand,
  { sockets, rooms, gateways, perRoom, ownRooms }: Held,
  c: Constants,
): number {
  const perSocketKb = c.socketHeapKb + c.socketKernelKb + ownRooms * c.socketRoomHeapKb
  const local = onlineMembers(demand) / gateways
  const lifeS = feedLifeS(local, demand.minutesOnline * 60)
  const ringEvents = Math.min(c.ringEvents, perRoom * lifeS)
  const ringKb = ringEvents * (c.ringEventKb + demand.messageBytes / 1_000)
  return c.gatewayBaseMb + (sockets * perSocketKb + rooms * (c.feedKb + ringKb)) / 1_000
}
