import type { ClientToServerEvents, ServerToClientEvents } from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'
import type { Server, Socket } from 'socket.io'
import type { Session } from '../sessions/session.ts'

export interface SocketData {
  identity: Identity
  session: Session
}

export type ChatServer = Server<
  ClientToServerEvents,
  ServerToClientEvents,
  Record<string, never>,
  SocketData
>
export type ChatSocket = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  Record<string, never>,
  SocketData
>

/** The Socket.IO room of a room's live sockets. Prefixed, so that it is nobody's socket id. */
export const roomChannel = (roomId: string): string => `r:${roomId}`
