import {
  ParleyError,
  type GatewayCommand,
  type MessageDeleted,
  type MessageEdited,
  type MessageSent,
  type ReadMoved,
  type ReadState,
} from '@parley/message-schema'
import type { VerifyToken } from '@parley/server-kit'
import type { LocalUsers } from '../sessions/local-users.ts'
import type { Session } from '../sessions/session.ts'
import { prepareSync, type SyncPorts } from '../sessions/sync-session.ts'
import { toAuthError } from './authenticate.ts'
import type { CommandHandlers, PreparedAnswer } from './dispatch.ts'

export interface CommandPorts extends SyncPorts {
  readonly users: LocalUsers
  /** Data of the committed command. */
  readonly runCommand: (command: GatewayCommand) => Promise<Record<string, unknown>>
  readonly verifyToken: VerifyToken
  /** To all devices of the user, on all gateways. At most once. */
  readonly tellUser: (userId: string, fact: ReadMoved) => void
  /** Resolves when the session is in all its rooms. */
  readonly opened: (session: Session) => Promise<void>
}

const done = <Data>(data: Data): PreparedAnswer<Data> => ({
  answer: () => data,
  goLive: () => undefined,
})

const userActor = (session: Session) => ({ id: session.userId, kind: 'user' as const })

async function refreshToken(
  session: Session,
  token: string,
  verifyToken: VerifyToken,
): Promise<{ expiresAt: string }> {
  const identity = await verifyToken(token).catch((cause: unknown) => {
    throw toAuthError(cause)
  })
  const isSame = identity.userId === session.userId && identity.sessionId === session.signInId
  if (!isSame) {
    throw new ParleyError('AUTH_INVALID', { message: 'The token is of another session.' })
  }
  session.expiresAtMs = Math.max(session.expiresAtMs, identity.expiresAtMs)
  session.warnedOfExpiry = false
  return { expiresAt: new Date(session.expiresAtMs).toISOString() }
}

/**
 * A second `sync` begins when the first is answered and its rooms are live again: they would end each
 * other's silence. The answer is sent in the turn in which it is prepared, so the next turn is late
 * enough.
 */
function createTurns() {
  const last = new WeakMap<Session, Promise<void>>()
  return async <Result>(session: Session, work: () => Promise<Result>): Promise<Result> => {
    const before = last.get(session)
    let free = (): void => undefined
    last.set(
      session,
      new Promise((resolve) => {
        free = resolve
      }),
    )
    await before
    try {
      return await work()
    } finally {
      setImmediate(free)
    }
  }
}

/** The table of contents of the gateway: what each command does. */
export function createCommandHandlers(ports: CommandPorts): CommandHandlers {
  const { runCommand } = ports
  const oneAtATime = createTurns()
  return {
    'auth:refresh': async (session, { token }) =>
      done(await refreshToken(session, token, ports.verifyToken)),

    sync: async (session, payload) => {
      await ports.opened(session)
      return oneAtATime(session, () => prepareSync(session, payload, ports))
    },

    'message:send': async (session, payload) => {
      const data = await runCommand({ kind: 'message:send', actor: userActor(session), ...payload })
      return done(data as MessageSent)
    },

    'message:edit': async (session, payload) => {
      const data = await runCommand({ kind: 'message:edit', actor: userActor(session), ...payload })
      return done(data as MessageEdited)
    },

    'message:delete': async (session, payload) => {
      const data = await runCommand({
        kind: 'message:delete',
        actor: userActor(session),
        ...payload,
      })
      return done(data as MessageDeleted)
    },

    'read:set': async (session, payload) => {
      const data = await runCommand({ kind: 'read:set', actor: userActor(session), ...payload })
      const state = data as ReadState
      ports.tellUser(session.userId, { roomId: payload.roomId, userId: session.userId, ...state })
      return done(state)
    },
  }
}
