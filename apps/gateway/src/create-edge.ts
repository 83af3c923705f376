import { userChannel, type StatusChange } from '@parley/message-schema'
import type { Logger, VerifyToken } from '@parley/server-kit'
import type { PartitionQueues } from './commands/partition-queues.ts'
import type { GatewayConfig } from './config.ts'
import type { Chat } from './create-chat.ts'
import type { GatewayPresence } from './create-presence.ts'
import type { GatewaySigns } from './create-signs.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import type { Session } from './sessions/session.ts'
import { acceptConnections } from './socket/accept-connections.ts'
import { createHandshake } from './socket/authenticate.ts'
import { startBeacon } from './socket/beacon.ts'
import { createCommandHandlers } from './socket/command-handlers.ts'
import type { DispatchPorts } from './socket/dispatch.ts'
import { createRateLimit } from './socket/limit-rate.ts'
import type { ChatServer } from './socket/socket-types.ts'
import { watchSessions } from './socket/watch-sessions.ts'

export interface EdgeParts {
  readonly config: GatewayConfig
  readonly logger: Logger
  readonly chat: Chat
  readonly queues: PartitionQueues
  readonly metrics: GatewayMetrics
  readonly verifyToken: VerifyToken
  readonly presence: GatewayPresence
  readonly signs: GatewaySigns
  readonly chooseStatus: (change: StatusChange) => Promise<void>
}

const CLOSE_IDLE_FEEDS_EVERY_MS = 5_000

/** Counts every command by its outcome, and logs refusals with what the client is not told. */
function createReport({ metrics, logger }: EdgeParts, names: object): DispatchPorts['report'] {
  return (name, requestId, error) => {
    // A client's made-up names would be labels without end.
    const event = Object.hasOwn(names, name) ? name : 'unknown'
    metrics.commands.inc({ event, code: error?.code ?? 'ok' })
    if (error === undefined) return
    const level = error.code === 'INTERNAL' ? 'error' : 'debug'
    logger[level]({ requestId, event, code: error.code, err: error }, 'command refused')
  }
}

/** Everything between sockets and feeds: handshake, commands, beacon, slow readers. */
export function createEdge(io: ChatServer, parts: EdgeParts): { readonly stop: () => void } {
  const { config, logger, chat, queues, metrics, verifyToken, presence, signs } = parts
  const { feeds, users, fetchAfter, epoch } = chat
  const opening = new WeakMap<Session, Promise<void>>()
  let requests = 0
  const nextRequestId = (): string => `${config.name}-${(requests += 1).toString(36)}`

  io.use(
    createHandshake({
      verifyToken,
      handshakesPerSecond: config.handshakesPerSecond,
      nextRequestId,
      refused: (code, error) => {
        metrics.handshakesRefused.inc({ code })
        logger.debug({ code, err: error }, 'handshake refused')
      },
    }),
  )
  const handlers = createCommandHandlers({
    users,
    feeds,
    fetchAfter,
    epoch,
    verifyToken,
    runCommand: (command, session) => queues.run(command, session),
    here: presence.here,
    watch: presence.watch,
    signs: signs.said,
    chooseStatus: parts.chooseStatus,
    tellUser: (userId, fact) => {
      io.to(userChannel(userId)).emit('read:moved', fact)
    },
  })
  const takeToken = createRateLimit({
    perSecond: config.sendsPerSecond,
    burst: config.sendBurst,
  })
  acceptConnections(io, {
    users,
    opening,
    arrived: (session, user) => presence.arrived(session, user),
    ended: (session) => {
      presence.ended(session)
      signs.said.ended(session)
    },
    headsIntervalMs: config.headsIntervalMs,
    limits: { sendsPerSecond: config.sendsPerSecond, sendBurst: config.sendBurst },
    gateway: config.name,
    epoch,
    logger,
    dispatch: {
      handlers,
      nextRequestId,
      takeToken,
      opened: async (session) => opening.get(session),
      report: createReport(parts, handlers),
    },
  })
  const watch = watchSessions({
    users,
    feeds,
    fetchAfter,
    lagBytes: config.lagBytes,
    closeBytes: config.closeBytes,
    lagLimitMs: config.lagLimitMs,
    slowClosed: () => metrics.slowClosed.inc(),
  })
  const beacon = startBeacon({ feeds, users, intervalMs: config.headsIntervalMs })
  const idle = setInterval(() => feeds.closeIdle(Date.now()), CLOSE_IDLE_FEEDS_EVERY_MS)
  return {
    stop() {
      watch.stop()
      beacon.stop()
      clearInterval(idle)
    },
  }
}
