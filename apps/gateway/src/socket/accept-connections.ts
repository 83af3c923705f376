import type { Logger } from '@parley/server-kit'
import type { LocalUsers } from '../sessions/local-users.ts'
import { Session } from '../sessions/session.ts'
import { bindCommands, type DispatchPorts } from './dispatch.ts'
import { openSession, type OpenSessionPorts } from './open-session.ts'
import { toSessionSocket } from './session-socket.ts'
import type { ChatServer, ChatSocket } from './socket-types.ts'

export interface AcceptPorts extends OpenSessionPorts {
  readonly users: LocalUsers
  readonly dispatch: DispatchPorts
  readonly logger: Logger
  /** Its socket is gone. */
  readonly ended: (session: Session, reason: string) => void
  /** Only where messages are traced: what the client named as its trace. */
  readonly connected?: ((session: Session, traceparent: unknown) => void) | undefined
  /** Where commands that need an open session wait for it. */
  readonly opening: Map<Session, Promise<void>>
}

const OVER = Object.freeze({})

/** From an authenticated socket to a session, and from its end to nothing left behind. */
export function acceptConnections(io: ChatServer, ports: AcceptPorts): void {
  io.on('connection', (socket: ChatSocket) => {
    const { identity } = socket.data
    const session = new Session(toSessionSocket(socket), identity)
    socket.data.session = session
    ports.connected?.(session, socket.handshake.headers['traceparent'])
    // Both are kept for as long as the connection lives: the first request by Engine.IO, its headers
    // and the token by Socket.IO.
    ;(socket.conn as unknown as { request: unknown }).request = null
    ;(socket as { handshake: unknown }).handshake = OVER

    const user = ports.users.add(session)
    socket.on('disconnect', (reason) => {
      ports.users.remove(session)
      ports.ended(session, session.endCode ?? reason)
      ports.logger.debug({ userId: session.userId, socket: socket.id, reason }, 'disconnected')
    })
    socket.on('error', (error) => {
      ports.logger.debug({ userId: session.userId, err: error }, 'socket error')
    })
    const opened = openSession(user, { session, host: identity.host }, ports)
    ports.opening.set(
      session,
      opened.finally(() => ports.opening.delete(session)),
    )
    bindCommands(socket, session, ports.dispatch)
  })
}
