import type { Socket as NetSocket } from 'node:net'
import type { ChatServer } from './socket-types.ts'

/** What of Engine.IO is touched; none of it is in its types. */
interface EngineSocket {
  readonly transport: { readonly socket?: { readonly _socket?: NetSocket } }
}

/**
 * What waits for a connection, the acks of a whole batch, goes in one write: ws would write each frame by itself.
 * A polling client has no such connection; its packets are one answer anyway.
 */
export function gatherPackets(io: ChatServer): void {
  const held = new Map<EngineSocket, NetSocket>()
  io.engine.on('flush', (socket: EngineSocket, packets: readonly unknown[]) => {
    const connection = packets.length > 1 ? socket.transport.socket?._socket : undefined
    if (connection === undefined || held.has(socket)) return
    connection.cork()
    held.set(socket, connection)
  })
  // In the same turn, when the packets were handed to ws.
  io.engine.on('drain', (socket: EngineSocket) => {
    held.get(socket)?.uncork()
    held.delete(socket)
  })
}
