import { LIMITS, userChannel, type Limits, type SessionReady } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { Beginning, LocalUser, LocalUsers } from '../sessions/local-users.ts'
import type { Session } from '../sessions/session.ts'

export interface OpenSessionPorts {
  readonly users: LocalUsers
  readonly headsIntervalMs: number
  /** Those that are configured. */
  readonly limits: Partial<Limits>
  readonly gateway: string
  readonly epoch: () => number
  /** In all its rooms. */
  readonly arrived: (session: Session, user: LocalUser) => void
  readonly logger: Logger
}

const TRY_FOR_MS = 15_000
const PAUSE_MS = 500

async function loadRooms(
  user: LocalUser,
  beginning: Beginning,
  ports: OpenSessionPorts,
): Promise<void> {
  const untilMs = Date.now() + TRY_FOR_MS
  while (!beginning.session.hasEnded) {
    try {
      await ports.users.refresh(user, beginning)
      return
    } catch (error) {
      if (Date.now() > untilMs) throw error
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE_MS * (0.5 + Math.random()))
      })
    }
  }
}

/**
 * Brings a fresh socket into all rooms of its user, then says so. Its rooms are held for a moment: who
 * resumes asks for `sync` now, and is not to be handed what is newer before the answer (C4). What the database says is asked
 * for here, after the handshake, together with all who connect at the same time.
 */
export async function openSession(
  user: LocalUser,
  beginning: Beginning,
  ports: OpenSessionPorts,
): Promise<void> {
  const { session } = beginning
  try {
    await loadRooms(user, beginning, ports)
  } catch (error) {
    ports.logger.warn({ err: error, userId: session.userId }, 'could not open a session')
    session.end('SERVER_BUSY')
    return
  }
  if (session.hasEnded) return
  // Not before it is known to be theirs: it is told what only they are told.
  session.socket.join(userChannel(session.userId))
  session.isOpen = true
  session.heldSinceMs = Date.now()
  const ready: SessionReady = {
    sessionId: session.signInId ?? session.socket.id,
    userId: session.userId,
    serverTime: new Date().toISOString(),
    expiresAt: new Date(session.expiresAtMs).toISOString(),
    limits: { ...LIMITS, ...ports.limits },
    headsIntervalMs: ports.headsIntervalMs,
    epoch: ports.epoch(),
    gateway: ports.gateway,
  }
  session.socket.emit('session:ready', ready)
  ports.arrived(session, user)
}
