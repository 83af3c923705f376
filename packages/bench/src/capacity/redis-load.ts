import { onlineMembers, presencePerSecond, readsPerSecond, usersOf, type Demand } from './demand.ts'
import { hostsOfEvent } from './gateway-load.ts'
import type { Constants } from './measured-constants.ts'
import { expectedHosts } from './placement.ts'

/** What one kind of traffic asks of Redis in a second. */
export interface RedisPart {
  readonly commands: number
  /** Both ways. */
  readonly bytes: number
  /** Share of the one core that Redis runs commands on. */
  readonly cpu: number
}

export interface RedisLoad {
  readonly parts: Readonly<Record<'news' | 'signs' | 'reads' | 'jobs' | 'presence', RedisPart>>
  readonly commands: number
  readonly bytes: number
  readonly cpu: number
  readonly memoryMb: number
}

function published(perSecond: number, receivers: number, bytes: number, c: Constants): RedisPart {
  return {
    commands: perSecond,
    bytes: perSecond * bytes * (1 + receivers),
    cpu: (perSecond * (c.redisPublishUs + receivers * c.redisReceiverUs)) / 1e6,
  }
}

/**
 * Each gateway reads, of each user that its sockets watch, what each other gateway says: as it changes, and
 * all of them once a minute. So it grows with the square of the gateways.
 */
export function presencePart(demand: Demand, gateways: number, c: Constants): RedisPart {
  const changes = presencePerSecond(demand)
  const watchedHere = Math.min(usersOf(demand), (demand.sockets / gateways) * demand.watched)
  const hearing = expectedHosts(demand.watched, gateways)
  const changesHere = demand.watched === 0 ? 0 : (changes * hearing) / gateways
  const looks = gateways * Math.min(1 / c.presenceTickS, changesHere)
  const fields = gateways * gateways * (changesHere + watchedHere / c.presenceLookS)
  const beats = (gateways * (6 + 1 + gateways)) / c.presenceBeatS
  const hints = published(changes, hearing, c.signBytes, c)
  const writes = Math.min(20 * gateways, changes) * 4
  const commands = looks * (1 + gateways) + beats + writes
  return {
    commands: commands + hints.commands,
    bytes: hints.bytes + fields * c.redisFieldBytes + commands * 60,
    cpu: hints.cpu + (fields * c.redisFieldUs + commands * c.redisPipelinedUs) / 1e6,
  }
}

export function redisLoad(demand: Demand, gateways: number, c: Constants): RedisLoad {
  const { messagesPerSecond: messages } = demand
  const hosts = hostsOfEvent(demand, gateways)
  const small = demand.members <= c.smallRoomMembers ? 1 : 0
  const reads = readsPerSecond(demand)
  const roomHosts = expectedHosts(onlineMembers(demand), gateways)
  const parts = {
    news: published(messages, hosts, c.newsBytes + demand.messageBytes, c),
    signs: published((messages * c.signsPerMessage + reads) * small, roomHosts, c.signBytes, c),
    // By the adapter, which every gateway hears.
    reads: published(reads, gateways, c.broadcastBytes, c),
    jobs: {
      commands: messages * c.redisJobsCommands,
      bytes: messages * c.redisJobsCommands * 80,
      cpu: (messages * c.redisJobsUs) / 1e6,
    },
    presence: presencePart(demand, gateways, c),
  }
  const sum = (of: (part: RedisPart) => number): number =>
    Object.values(parts).reduce((total, part) => total + of(part), 0)
  const watched = demand.watched === 0 ? 0 : usersOf(demand)
  const channels = 2 * demand.rooms + watched
  const subscriptions =
    2 * demand.rooms * roomHosts + watched * expectedHosts(demand.watched, gateways)
  return {
    parts,
    commands: sum(({ commands }) => commands),
    bytes: sum(({ bytes }) => bytes),
    cpu: sum(({ cpu }) => cpu),
    memoryMb:
      10 +
      (channels * (c.redisChannelBytes - c.redisSubscriptionBytes) +
        subscriptions * c.redisSubscriptionBytes +
        demand.sockets * 150) /
        1e6,
  }
}
