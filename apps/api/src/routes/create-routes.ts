import type { PrismaClient } from '@parley/database'
import type { TokenSigner } from '@parley/server-kit'
import { createCreateGuest } from '../auth/create-guest.ts'
import { createEndSession, createLogout } from '../auth/end-session.ts'
import { createFailedLogins } from '../auth/failed-logins.ts'
import type { LivingSessions } from '../auth/living-sessions.ts'
import { createLogin } from '../auth/login.ts'
import { createOpenSession } from '../auth/open-session.ts'
import { createPasswordHash } from '../auth/password-hash.ts'
import { createRefreshSession } from '../auth/refresh-session.ts'
import { createRegister } from '../auth/register.ts'
import type { ApiConfig } from '../config.ts'
import type { Pool } from '../db/connect.ts'
import { createEventStore } from '../db/event-store.ts'
import { createIdempotencyStore } from '../db/idempotency-store.ts'
import { createMemberStore } from '../db/member-store.ts'
import { createMessageStore } from '../db/message-store.ts'
import { createRoomStore } from '../db/room-store.ts'
import { createSessionStore } from '../db/session-store.ts'
import { createUserStore } from '../db/user-store.ts'
import { createGetMessage } from '../history/get-message.ts'
import { createGetEventsPage, createListEvents } from '../history/list-events.ts'
import { createListMessages } from '../history/list-messages.ts'
import { createAllowReading } from '../history/reader-access.ts'
import { createSyncRooms } from '../history/sync-rooms.ts'
import { limitWrites } from '../http/limit-writes.ts'
import type { BoundRoute } from '../http/route.ts'
import type { TellUserOfRead } from '../news/tell-user.ts'
import type { WaitForEvents } from '../news/wait-for-events.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { createCreateDm } from '../rooms/create-dm.ts'
import { createCreateRoom } from '../rooms/create-room.ts'
import { createGetRoom } from '../rooms/get-room.ts'
import { createListMembers } from '../rooms/list-members.ts'
import { createListRooms } from '../rooms/list-rooms.ts'
import { createPutMember } from '../rooms/put-member.ts'
import { createRemoveMember } from '../rooms/remove-member.ts'
import { createAuthRoutes } from './auth-routes.ts'
import { createLogRoutes } from './log-routes.ts'
import { createMessageRoutes } from './message-routes.ts'
import { createRoomRoutes } from './room-routes.ts'
import { createUserRoutes } from './user-routes.ts'

export interface RoutePorts {
  readonly config: ApiConfig
  readonly prisma: PrismaClient
  /** Raw reads of the log. */
  readonly logPool: Pool
  readonly signer: TokenSigner
  readonly run: RunCommand
  readonly waitForEvents: WaitForEvents
  /** Tells gateways after a commit that these users' versions moved. */
  readonly notifyUsers: (userIds: string[]) => void
  readonly tellUserOfRead: TellUserOfRead
  readonly living: LivingSessions
}

/** Stores, operations over them, and the routes that they answer. */
export const createRoutes = (ports: RoutePorts): BoundRoute[] => [
  ...signInRoutes(ports),
  ...createUserRoutes(createUserStore(ports.prisma)),
  ...roomRoutes(ports),
  ...historyRoutes(ports),
]

function signInRoutes({ config, prisma, signer, living, notifyUsers }: RoutePorts): BoundRoute[] {
  const users = createUserStore(prisma)
  const sessions = createSessionStore(prisma)
  const passwords = createPasswordHash()
  const terms = {
    sign: (userId: string, sessionId: string, ttlS: number) => signer.sign(userId, sessionId, ttlS),
    accessTtlS: config.accessTokenTtlS,
    refreshTtlS: config.refreshTokenTtlS,
  }
  const openSession = createOpenSession(sessions, terms)
  const endSession = createEndSession({ sessions, living, notifyUsers })
  const failedLogins = createFailedLogins()
  return createAuthRoutes({
    register: createRegister({ users, passwords, openSession }),
    login: createLogin({ users, passwords, failedLogins, openSession }),
    refreshSession: createRefreshSession({ sessions, endSession, terms }),
    createGuest: createCreateGuest(users, openSession),
    logout: createLogout(endSession),
  })
}

function roomRoutes({ prisma, logPool, run }: RoutePorts): BoundRoute[] {
  const rooms = createRoomStore(logPool)
  const members = createMemberStore(logPool)
  const missingUsers = createUserStore(prisma).missing
  const getRoom = createGetRoom(rooms)
  return createRoomRoutes({
    listRooms: createListRooms(rooms),
    getRoom,
    createRoom: createCreateRoom({ run, claim: createIdempotencyStore(prisma).claim, getRoom }),
    createDm: createCreateDm({ run, missingUsers, getRoom }),
    listMembers: createListMembers(members),
    putMember: createPutMember({ members, missingUsers, run }),
    removeMember: createRemoveMember({ members, run }),
  })
}

function historyRoutes({
  config,
  logPool,
  run,
  waitForEvents,
  tellUserOfRead,
}: RoutePorts): BoundRoute[] {
  const allowReading = createAllowReading(createMemberStore(logPool))
  const events = createEventStore(logPool)
  const reading = { allowReading, messages: createMessageStore(logPool) }
  return [
    ...createMessageRoutes({
      listMessages: createListMessages(reading),
      getMessage: createGetMessage(reading),
      tellUserOfRead,
      run: limitWrites(run, { perSecond: config.sendsPerSecond, burst: config.sendBurst }),
    }),
    ...createLogRoutes({
      listEvents: createListEvents({ allowReading, events, waitForEvents }),
      getEventsPage: createGetEventsPage({ allowReading, events }),
      syncRooms: createSyncRooms({ events, waitForEvents }),
    }),
  ]
}
