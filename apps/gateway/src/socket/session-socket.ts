import type { WebSocket } from 'ws'
import type { SessionSocket } from '../sessions/session.ts'
import { WrittenEvent } from './direct-write.ts'
import { roomChannel, type ChatSocket } from './socket-types.ts'

interface EnginePacket {
  readonly data?: string | { readonly byteLength: number }
}

const sizeOf = ({ data }: EnginePacket): number =>
  typeof data === 'string' ? data.length : (data?.byteLength ?? 0)

/** A Socket.IO socket as sessions see it. */
export function toSessionSocket(socket: ChatSocket): SessionSocket {
  const { conn } = socket
  return {
    id: socket.id,
    // The rooms of the adapter are local: joining asks nobody.
    join: (roomId) => void socket.join(roomChannel(roomId)),
    leave: (roomId) => void socket.leave(roomChannel(roomId)),
    emit: (name, fact) => {
      if (socket.connected) new WrittenEvent(JSON.stringify([name, fact])).writeTo(socket)
    },
    unsentBytes: () => {
      const engine = conn as unknown as {
        writeBuffer: EnginePacket[]
        transport: { socket?: WebSocket }
      }
      let bytes = engine.transport.socket?.bufferedAmount ?? 0
      for (const packet of engine.writeBuffer) bytes += sizeOf(packet)
      return bytes
    },
    close: ({ reconnect, discard }) => {
      // After `disconnect(true)` the official client does not come back; after this it does.
      if (reconnect) conn.close(discard)
      else socket.disconnect(true)
    },
  }
}
