import { PROCESS_REPORTS, PROTOCOL_VERSION, type ProcessReport } from '@parley/message-schema'
import { ProcessReporter, type Logger, type Redis } from '@parley/server-kit'

export interface ReportGatewayPorts {
  readonly name: string
  /** As of its lease of presence. */
  readonly owner: string
  readonly publisher: Redis
  /** All of them: without one of them something is missing. */
  readonly connections: readonly Redis[]
  readonly isServing: () => boolean
  readonly sockets: () => number
  readonly rooms: () => number
  readonly logger: Logger
}

/** What a gateway tells operators of itself. It counts no messages: who commits them does. */
export function reportGateway(ports: ReportGatewayPorts): ProcessReporter {
  const { name, owner, publisher, connections, logger } = ports
  const startedAt = new Date().toISOString()
  return new ProcessReporter({
    redis: publisher,
    prefix: PROCESS_REPORTS,
    owner,
    logger,
    read: ({ eventLoopP99Ms }): ProcessReport => ({
      kind: 'gateway',
      name,
      at: new Date().toISOString(),
      startedAt,
      protocol: PROTOCOL_VERSION,
      node: process.version,
      phase: ports.isServing() ? 'serving' : 'draining',
      eventLoopP99Ms,
      redis: connections.every(({ status }) => status === 'ready'),
      mysql: null,
      sockets: ports.sockets(),
      rooms: ports.rooms(),
      messagesPerSecond: null,
      hotRooms: [],
    }),
  })
}
