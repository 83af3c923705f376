import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { ADAPTER_KEY, LIMITS } from '@parley/message-schema'
import type { Redis } from '@parley/server-kit'
import { createAdapter } from '@socket.io/redis-adapter'
import { Server } from 'socket.io'
import type { GatewayConfig } from '../config.ts'
import { guardBroadcasts } from '../news/guard-broadcasts.ts'
import { serveAdminUi } from './admin-ui.ts'
import { gatherPackets } from './gather-packets.ts'
import { limitConnects } from './limit-connects.ts'
import { limitPongs } from './limit-pongs.ts'
import { isOriginAllowed } from './origin.ts'
import type { ChatServer } from './socket-types.ts'

export interface ServerPorts {
  readonly http: HttpServer
  readonly publisher: Redis
  readonly subscriber: Redis
  readonly config: GatewayConfig
  readonly isDraining: () => boolean
}

/** Why a connection is refused before it is one, or `undefined`. */
function refusal(request: IncomingMessage, ports: ServerPorts): string | undefined {
  if (ports.isDraining()) return 'DRAINING'
  const { origin, host } = request.headers
  return isOriginAllowed(origin, host, ports.config.allowedOrigins)
    ? undefined
    : 'ORIGIN_NOT_ALLOWED'
}

/** The answer to an upgrade and Engine.IO's first packet, which follows in the same turn, are one write. */
function gatherFirst(connection: Socket): void {
  connection.cork()
  setImmediate(() => connection.uncork())
}

export function createSocketServer(ports: ServerPorts): ChatServer {
  const { config } = ports
  const { allowedOrigins } = config
  const io: ChatServer = new Server(ports.http, {
    serveClient: false,
    // Ten times the memory of a connection, and five times the CPU of a delivery, would it be on.
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: LIMITS.packetBytes,
    connectTimeout: 5_000,
    pingInterval: 20_000,
    pingTimeout: 10_000,
    cors: { origin: allowedOrigins.includes('*') ? '*' : [...allowedOrigins], credentials: true },
    // The `cors` option does not protect WebSocket, so every request passes here.
    allowRequest: (request, decide) => {
      const reason = refusal(request, ports)
      if (reason === undefined && request.headers.upgrade !== undefined) gatherFirst(request.socket)
      decide(reason, reason === undefined)
    },
    adapter: createAdapter(ports.publisher, ports.subscriber, {
      key: ADAPTER_KEY,
      publishOnSpecificResponseChannel: true,
    }),
  })
  // A balancer without cookies finds the gateway of a polling session by its id.
  io.engine.generateId = () => `${config.name}.${randomBytes(15).toString('base64url')}`
  guardBroadcasts(io.of('/').adapter)
  limitConnects(io)
  // As much as may wait for whoever reads one answer slowly.
  limitPongs(io, config.closeBytes + LIMITS.syncBytes)
  gatherPackets(io)
  if (config.adminUi !== undefined) serveAdminUi(io, config.adminUi, config.name)
  return io
}
