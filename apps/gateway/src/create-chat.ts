import type { Event } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { ApiClient } from './api-client/api-client.ts'
import { EventFetcher } from './api-client/event-fetcher.ts'
import type { GatewayConfig } from './config.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import { breakDeliver, breakMembership, breakRepair } from './mutants.ts'
import { flushWindow } from './room-feed/flush-window.ts'
import { HeadCheck } from './room-feed/head-check.ts'
import { Reconciler } from './room-feed/reconciler.ts'
import { RoomFeeds } from './room-feed/room-feeds.ts'
import { RoomPacket } from './room-feed/room-packet.ts'
import { startInRoom } from './sessions/catch-up.ts'
import { LocalUsers, type LocalUser } from './sessions/local-users.ts'
import { Silences } from './signs/silences.ts'
import type { WriteToRoom } from './socket/room-writer.ts'

export interface ChatPorts {
  readonly config: GatewayConfig
  readonly logger: Logger
  readonly api: ApiClient
  readonly metrics: () => GatewayMetrics
  readonly writeToRoom: WriteToRoom
  readonly news: () => {
    follow: (roomIds: readonly string[]) => void
    unfollow: (roomIds: readonly string[]) => void
    isAway: boolean
  }
  /** Somebody came into a room that has sockets here, or went. */
  readonly memberMoved: (roomId: string, userId: string, isIn: boolean) => void
  /** What a room says is handed to its sockets. */
  readonly delivered: (roomId: string, events: readonly Event[]) => void
  /** What MySQL says of a local user was read. */
  readonly userRefreshed: (user: LocalUser) => void
  /** For so long questions of who connects, or asks for `sync`, wait for each other where they are many. */
  readonly gatherMs: number
  /** Not leaving, not draining. */
  readonly isServing: () => boolean
}

function countRepair({ repairs, repairedEvents }: GatewayMetrics, events: number): void {
  repairs.inc()
  repairedEvents.inc(events)
}

/** The feeds, the users in them, and what keeps both true: the part that knows no socket. */
export function createChat(ports: ChatPorts) {
  const { config, logger, api, metrics, news, memberMoved, gatherMs } = ports
  let epoch: number | undefined
  const { fetchAfter } = new EventFetcher(api.fetchEvents)
  const broken = { mutants: config.test.mutants, isServing: ports.isServing }
  const hand = breakDeliver((roomId, events, head) => {
    ports.writeToRoom(new RoomPacket(roomId, events, head))
  }, broken)
  const repair = breakRepair(broken, { fetchAfter, reconcile: api.reconcile })
  const membership = breakMembership(broken, {
    fetchStates: api.fetchUserStates,
    memberLeft: (roomId, userId, seq) => {
      users.leave(userId, roomId, seq)
      memberMoved(roomId, userId, false)
    },
  })

  const feeds: RoomFeeds = new RoomFeeds({
    fetchAfter: repair.fetchAfter,
    deliver: (roomId, events, head) => {
      metrics().deliveredPackets.inc()
      silences.hear(roomId, events)
      ports.delivered(roomId, events)
      hand(roomId, events, head)
    },
    memberJoined: (roomId, userId) => {
      users.refreshSoon([userId])
      memberMoved(roomId, userId, true)
    },
    memberLeft: membership.memberLeft,
    roomDeleted: (roomId) => users.leaveAll(roomId),
    doubtMembers: (roomId) => users.refreshMembersOf(roomId),
    repaired: (events) => countRepair(metrics(), events),
    follow: (roomIds) => news().follow(roomIds),
    unfollow: (roomIds) => news().unfollow(roomIds),
    hasLocalMembers: (roomId) => users.hasSessionsIn(roomId),
    windowOf: (roomId) => flushWindow(users.sessionsIn(roomId), config),
  })

  /** Another epoch is another past: nobody's position means anything any more. */
  const noteEpoch = (seen: number): void => {
    const changed = epoch !== undefined && epoch !== seen
    epoch = seen
    if (!changed) return
    logger.warn({ epoch: seen }, 'the log has a new epoch')
    for (const session of users.sessions()) session.end('LOG_RESTORED')
    feeds.closeAll()
  }

  const users: LocalUsers = new LocalUsers({
    feeds,
    fetchStates: membership.fetchStates,
    noteEpoch,
    refreshed: (user, state) => {
      silences.learn(state.rooms)
      ports.userRefreshed(user)
    },
    bringUpToDate: (roomIds) => heads.bringUpToDate(roomIds),
    startInRoom: (session, room) => startInRoom(session, room, users, { feeds, fetchAfter }),
    gatherMs,
    logger,
  })

  const silences = new Silences((userId) => users.get(userId))

  const reconciler = new Reconciler({
    feeds,
    users,
    reconcile: repair.reconcile,
    noteEpoch,
    isNewsAway: () => news().isAway,
    intervalMs: config.headsIntervalMs,
    found: (behind) => metrics().reconciledRooms.inc(behind),
    logger,
  })

  const heads = new HeadCheck({ ...repair, feeds, noteEpoch, gatherMs })

  return {
    feeds,
    users,
    silences,
    reconciler,
    fetchAfter,
    heads,
    epoch: (): number => epoch ?? 0,
  }
}

export type Chat = ReturnType<typeof createChat>
