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

/**
 * The Socket.IO room of a room's live sockets: its id, which is nobody's socket id, and no string of its
 * own for each that is in it.
 */
export const roomChannel = (roomId: string): string => roomId
