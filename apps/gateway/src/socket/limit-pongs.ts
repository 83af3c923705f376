import type { WebSocket } from 'ws'
import type { ChatServer } from './socket-types.ts'

interface Transport {
  /** Of WebSocket, and of no other. */
  readonly socket?: WebSocket
}
interface Connection {
  readonly transport: Transport
  readonly on: (event: 'upgrade', listener: (transport: Transport) => void) => void
}

/**
 * `ws` answers every ping by itself. A peer that pings and never reads would have its pongs kept here,
 * also before it has said who it is: with more than this waiting, it is ended at once.
 */
export function limitPongs(io: ChatServer, closeBytes: number): void {
  const watch = ({ socket }: Transport): void => {
    socket?.on('ping', () => {
      if (socket.bufferedAmount > closeBytes) socket.terminate()
    })
  }
  io.engine.on('connection', (connection: Connection) => {
    watch(connection.transport)
    connection.on('upgrade', watch)
  })
}
