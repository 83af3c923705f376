import type { PrismaClient } from '@parley/database'
import type { ProcessReport } from '@parley/message-schema'
import type { Logger, Redis, Registry, TokenSigner } from '@parley/server-kit'
import { createCreateGuest } from '../auth/create-guest.ts'
import { createEndSession, createLogout } from '../auth/end-session.ts'
import { createFailedLogins } from '../auth/failed-logins.ts'
import type { LivingSessions } from '../auth/living-sessions.ts'
import { createLogin } from '../auth/login.ts'
import { createOpenSession } from '../auth/open-session.ts'
import { createPasswordHash } from '../auth/password-hash.ts'
import { createRefreshSession } from '../auth/refresh-session.ts'
import { createRegister } from '../auth/register.ts'
import type { Operators } from '../auth/operators.ts'
import type { UserStandings } from '../auth/user-standing.ts'
import type { ApiKeys } from '../auth/verify-key.ts'
import type { ApiConfig } from '../config.ts'
import type { Pool } from '../db/connect.ts'
import { createAccountStore } from '../db/users/account-store.ts'
import { createEventStore } from '../db/log/event-store.ts'
import { createMemberStore } from '../db/rooms/member-store.ts'
import { createMessageMarksStore } from '../db/messages/message-marks-store.ts'
import { createMessageStore } from '../db/messages/message-store.ts'
import { createReadStateStore } from '../db/messages/read-state-store.ts'
import { createSessionStore } from '../db/users/session-store.ts'
import { createUserStore } from '../db/users/user-store.ts'
import { createGetMessage } from '../history/get-message.ts'
import { createGetEventsPage, createListEvents } from '../history/list-events.ts'
import { createListMessages } from '../history/list-messages.ts'
import { createListPins } from '../history/list-pins.ts'
import { createListReplies } from '../history/list-replies.ts'
import { createListUnread } from '../history/list-unread.ts'
import { createReadReceipts } from '../history/read-receipts.ts'
import { createAllowReading } from '../history/reader-access.ts'
import { createSyncRooms } from '../history/sync-rooms.ts'
import { limitWrites } from '../http/limit-writes.ts'
import type { OnLimit } from '../http/rate-limits.ts'
import type { BoundRoute } from '../http/route.ts'
import type { TellUser, TellUserOfRead } from '../news/tell-user.ts'
import type { WaitForEvents } from '../news/wait-for-events.ts'
import type { Preparation } from '../preparation/create-preparation.ts'
import type { PresenceOfUsers } from '../presence/create-presence.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { createMyAccount } from '../users/my-account.ts'
import { createAccountRoutes } from './account-routes.ts'
import { createAuthRoutes } from './auth-routes.ts'
import { createLogRoutes } from './log-routes.ts'
import { createMessageRoutes } from './message-routes.ts'
import { createMePrefsRoutes } from './me-prefs-routes.ts'
import { createPresenceRoutes } from './presence-routes.ts'
import { createReactionRoutes } from './reaction-routes.ts'
import { createRoomArea } from './room-area.ts'
import { serverRoutes } from './create-server-routes.ts'
import { createUserRoutes } from './user-routes.ts'
import { wireAdminRoutes } from './wire-admin-routes.ts'
import { wireModerationRoutes } from './wire-moderation-routes.ts'
import { wireNotificationRoutes } from './wire-notification-routes.ts'
import { createWebhookRoutes } from './webhook-routes.ts'
import { wireFileRoutes } from './wire-file-routes.ts'
import { wirePusherRoutes } from './wire-pusher-routes.ts'
import { createExportTurn } from '../transfer/export-turns.ts'
import { wireStreamRoutes } from './wire-stream-routes.ts'
import { wireSearchRoutes } from './wire-search-routes.ts'
import { wireTransferRoutes } from './wire-transfer-routes.ts'

export interface RoutePorts {
  readonly config: ApiConfig
  readonly prisma: PrismaClient
  /** Raw reads of the log. */
  readonly logPool: Pool
  readonly signer: TokenSigner
  readonly run: RunCommand
  readonly waitForEvents: WaitForEvents
  /** Aborted when what waits has to come to its end. */
  readonly stopping: AbortSignal
  readonly metrics: Registry
  /** Tells gateways after a commit that these users' versions moved. */
  readonly notifyUsers: (userIds: string[]) => void
  readonly tellUser: TellUser
  /** Names of the gateways that are there now; `null` if that is not known. */
  readonly livingGateways: () => Promise<string[] | null>
  /** Fails at once while Redis is away. */
  readonly redis: Redis
  /** What this API last said of itself. */
  readonly ownReport: () => ProcessReport | undefined
  readonly operators: Operators
  readonly logger: Logger
  readonly tellUserOfRead: TellUserOfRead
  readonly presence: PresenceOfUsers
  readonly preparation: Preparation
  readonly living: LivingSessions
  readonly standings: UserStandings
  readonly apiKeys: ApiKeys
  readonly onLimit: OnLimit
}

/** Stores, operations over them, and the routes that they answer. */
export function createRoutes(ports: RoutePorts): BoundRoute[] {
  const exportTurn = createExportTurn()
  return [
    ...signInRoutes(ports),
    ...accountRoutes(ports),
    ...createPresenceRoutes(ports.presence),
    ...createMePrefsRoutes(ports.presence),
    ...createUserRoutes(createUserStore(ports.prisma), ports.operators),
    ...createRoomArea(ports),
    ...historyRoutes(ports),
    ...wireStreamRoutes(ports),
    ...wireSearchRoutes(ports.logPool),
    ...wireModerationRoutes(ports),
    ...wireTransferRoutes({ ...ports, exportTurn }),
    ...wireFileRoutes(ports.config, ports.logPool),
    ...wireNotificationRoutes(ports),
    ...serverRoutes(ports, exportTurn),
    ...wireAdminRoutes(ports),
    ...createWebhookRoutes(ports.logPool, ports.config),
    ...wirePusherRoutes(ports),
  ]
}

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
    refreshSession: createRefreshSession({
      sessions,
      endSession,
      terms,
      derive: (text) => signer.derive(text),
    }),
    createGuest: createCreateGuest(users, openSession),
    logout: createLogout(endSession),
  })
}

function accountRoutes({
  prisma,
  logPool,
  living,
  notifyUsers,
  presence,
}: RoutePorts): BoundRoute[] {
  const endSession = createEndSession({ sessions: createSessionStore(prisma), living, notifyUsers })
  const findUser = createUserStore(prisma).find
  const store = createAccountStore(logPool)
  return createAccountRoutes(
    createMyAccount({
      store,
      findUser,
      endSession,
      living,
      notifyUsers,
      audienceChanged: presence.announceAudience,
    }),
  )
}

function historyRoutes({
  config,
  logPool,
  onLimit,
  run,
  waitForEvents,
  tellUserOfRead,
  presence,
}: RoutePorts): BoundRoute[] {
  const allowReading = createAllowReading(createMemberStore(logPool))
  const events = createEventStore(logPool)
  const marks = createMessageMarksStore(logPool)
  const reads = createReadStateStore(logPool)
  const reading = { allowReading, messages: createMessageStore(logPool), marks }
  const getMessage = createGetMessage(reading)
  return [
    ...createMessageRoutes({
      listMessages: createListMessages(reading),
      getMessage,
      tellUserOfRead,
      tellRoomOfRead: presence.tellRoomOfRead,
      run: limitWrites(run, { perSecond: config.sendsPerSecond, burst: config.sendBurst }, onLimit),
    }),
    ...createReactionRoutes({
      run,
      getMessage,
      reactors: marks.reactors,
      listPins: createListPins({ ...reading, pins: marks.pins }),
      listReplies: createListReplies({ ...reading, getMessage, replies: marks }),
      receipts: createReadReceipts({ allowReading, getMessage, reads }),
      listUnread: createListUnread(reads),
    }),
    ...createLogRoutes({
      listEvents: createListEvents({ allowReading, events, waitForEvents }),
      getEventsPage: createGetEventsPage({ allowReading, events }),
      syncRooms: createSyncRooms({ events, waitForEvents }),
    }),
  ]
}
