import type { Event } from '@parley/message-schema'
// @boundaries-ignore what is simulated with
import type {
  ResumeGateway,
  ResumeGatewayPorts,
} from '../../../packages/bench/src/capacity/simulate-resume.ts'
// @boundaries-ignore the real gateway
import { prepareSync } from '../../../apps/gateway/src/sessions/sync-session.ts'
// @boundaries-ignore the real gateway
import { Session, type SessionSocket } from '../../../apps/gateway/src/sessions/session.ts'
import {
  createGatewayChat,
  createGatewayMetrics,
  createRegistry,
  type ApiClient,
  type GatewayConfig,
  type GatewayMetrics,
  type Logger,
} from '../product.ts'

const nothing = (): void => undefined
const none = (): number => 0
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing } as unknown as Logger
const CONFIG = {
  headsIntervalMs: 5_000,
  fanoutMsPerSocket: 0.76,
  fanoutWindowMs: 76,
  test: { mutants: new Set() },
} as unknown as GatewayConfig
const METRICS: GatewayMetrics = createGatewayMetrics(createRegistry('storm'), {
  sessions: none,
  rooms: none,
  queued: none,
  usersHere: none,
  usersWatched: none,
  leases: none,
})
const SOCKET: SessionSocket = {
  id: 'socket',
  join: nothing,
  leave: nothing,
  emit: nothing,
  unsentBytes: none,
  close: nothing,
}

/** Feeds, users, batches and `sync` of the product; sockets and Redis are only said to be there. */
export function createProductGateway({ log, time, networkMs }: ResumeGatewayPorts): ResumeGateway {
  const chat = createGatewayChat({
    config: CONFIG,
    logger: SILENT,
    api: log as unknown as ApiClient,
    metrics: () => METRICS,
    writeToRoom: nothing,
    news: () => ({
      // As `create-gateway.ts` has it: when Redis has answered, what was said before is looked for.
      follow: (roomIds) => {
        void time.sleep(2 * networkMs).then(() => chat.heads.lookAt(roomIds))
      },
      unfollow: nothing,
      isAway: false,
    }),
    memberMoved: nothing,
    delivered: nothing,
    userRefreshed: nothing,
    isServing: () => true,
    // It would pass by another clock than the storm's. What is counted without it is the most.
    gatherMs: 0,
  })
  const { users, feeds, fetchAfter, epoch } = chat
  const { bringUpToDate } = chat.heads
  const sessions = new Map<string, Session>()
  return {
    async open(userId) {
      const session = new Session(SOCKET, { userId, expiresAtMs: Infinity })
      sessions.set(userId, session)
      await users.refresh(users.add(session))
      session.isOpen = true
      session.heldSinceMs = 0
    },
    cut(userId) {
      const session = sessions.get(userId)
      if (session !== undefined) users.remove(session)
    },
    hear: (roomId, events) => {
      const fromSeq = events[0]?.seq ?? 1
      feeds.offer({ roomId, fromSeq, memberVersion: 1, events: events as unknown as Event[] })
    },
    async sync(userId, positions) {
      const session = sessions.get(userId)
      if (session === undefined) throw new Error('Nobody syncs before they are here.')
      const ports = { users, feeds, fetchAfter, bringUpToDate, epoch }
      const prepared = await prepareSync(session, { rooms: positions }, ports)
      const { rooms } = prepared.answer()
      prepared.goLive()
      return Object.values(rooms).reduce(
        (sum, room) => sum + ('events' in room ? room.events.length : Number.NaN),
        0,
      )
    },
  }
}
