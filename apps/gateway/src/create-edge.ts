import { userChannel, type StatusChange } from '@parley/message-schema'
import type { Logger, VerifyToken } from '@parley/server-kit'
import type { PartitionQueues } from './commands/partition-queues.ts'
import type { GatewayConfig } from './config.ts'
import type { Chat } from './create-chat.ts'
import type { GatewayPresence } from './create-presence.ts'
import type { GatewaySigns } from './create-signs.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import { countResumes } from './sessions/count-resumes.ts'
import type { Session } from './sessions/session.ts'
import { acceptConnections } from './socket/accept-connections.ts'
import { createHandshake } from './socket/authenticate.ts'
import { startBeacon } from './socket/beacon.ts'
import { createCommandHandlers, type CommandPorts } from './socket/command-handlers.ts'
import type { DispatchPorts } from './socket/dispatch.ts'
import { decides } from './socket/limit-connects.ts'
import { createRateLimit } from './socket/limit-rate.ts'
import type { SendBuffers } from './socket/send-buffers.ts'
import type { ChatServer } from './socket/socket-types.ts'
import { watchSessions } from './socket/watch-sessions.ts'
import type { MessageTraces } from './tracing/trace-messages.ts'

export interface EdgeParts {
  readonly config: GatewayConfig
  readonly logger: Logger
  readonly chat: Chat
  readonly queues: PartitionQueues
  readonly metrics: GatewayMetrics
  readonly verifyToken: VerifyToken
  readonly presence: GatewayPresence
  readonly signs: GatewaySigns
  readonly buffers: SendBuffers
  readonly traces: MessageTraces | undefined
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

function createCountedHandshake(
  { config, logger, metrics, verifyToken }: EdgeParts,
  nextRequestId: () => string,
): ReturnType<typeof createHandshake> {
  return createHandshake({
    verifyToken,
    handshakesPerSecond: config.handshakesPerSecond,
    nextRequestId,
    admitted: () => metrics.handshakes.inc(),
    refused: (code, error) => {
      metrics.handshakesRefused.inc({ code })
      logger.debug({ code, err: error }, 'handshake refused')
    },
  })
}

/** Everything between sockets and feeds: handshake, commands, beacon, slow readers. */
export function createEdge(io: ChatServer, parts: EdgeParts): { readonly stop: () => void } {
  const { config, logger, chat, queues, metrics, verifyToken, presence, signs, traces } = parts
  const { feeds, users, fetchAfter, epoch } = chat
  const opening = new Map<Session, Promise<void>>()
  let requests = 0
  const nextRequestId = (): string => `${config.name}-${(requests += 1).toString(36)}`

  io.use(decides(createCountedHandshake(parts, nextRequestId)))
  const runCommand: CommandPorts['runCommand'] = (command, session) => queues.run(command, session)
  const commands = createCommandHandlers({
    users,
    feeds,
    fetchAfter,
    bringUpToDate: chat.heads.bringUpToDate,
    epoch,
    verifyToken,
    runCommand: traces?.commands(runCommand) ?? runCommand,
    here: presence.here,
    watch: presence.watch,
    signs: signs.said,
    chooseStatus: parts.chooseStatus,
    tellUser: (userId, fact) => {
      io.to(userChannel(userId)).emit('read:moved', fact)
    },
  })
  const handlers = { ...commands, sync: countResumes(commands.sync, metrics) }
  const takeToken = createRateLimit({
    perSecond: config.sendsPerSecond,
    burst: config.sendBurst,
  })
  acceptConnections(io, {
    users,
    opening,
    connected: traces?.connected,
    arrived: (session, user) => presence.arrived(session, user),
    ended: (session, reason) => {
      metrics.sessionsClosed.inc({ reason })
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
    buffers: parts.buffers,
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
