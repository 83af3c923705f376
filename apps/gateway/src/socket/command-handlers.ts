import {
  ParleyError,
  type CommandPayload,
  type GatewayCommand,
  type MessageDeleted,
  type MessageEdited,
  type MessageSent,
  type ReadMoved,
  type ReadState,
  type StatusChange,
  type StateSet,
} from '@parley/message-schema'
import type { VerifyToken } from '@parley/server-kit'
import type { HereUsers } from '../presence/here-users.ts'
import type { PresenceWatch } from '../presence/presence-watch.ts'
import type { LocalUsers } from '../sessions/local-users.ts'
import type { Session } from '../sessions/session.ts'
import { prepareSync, type SyncPorts } from '../sessions/sync-session.ts'
import type { SaySigns } from '../signs/say-signs.ts'
import { toAuthError } from './authenticate.ts'
import type { CommandHandlers, PreparedAnswer } from './dispatch.ts'

export interface CommandPorts extends SyncPorts {
  readonly users: LocalUsers
  /** Data of the committed command. */
  readonly runCommand: (
    command: GatewayCommand,
    session: Session,
  ) => Promise<Record<string, unknown>>
  readonly verifyToken: VerifyToken
  /** To all devices of the user, on all gateways. At most once. */
  readonly tellUser: (userId: string, fact: ReadMoved) => void
  readonly here: Pick<HereUsers, 'setIdle'>
  readonly watch: Pick<PresenceWatch, 'subscribe'>
  readonly signs: Pick<SaySigns, 'setTyping' | 'setRead'>
  /** Durably. Rejects if it may not have been done. */
  readonly chooseStatus: (change: StatusChange) => Promise<void>
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
  if (identity.host !== undefined) {
    session.hostTokenFromMs = Math.max(session.hostTokenFromMs ?? 0, identity.issuedAtMs)
  }
  return { expiresAt: new Date(session.expiresAtMs).toISOString() }
}

/**
 * A second `sync` begins when the first is answered and its rooms are live again: they would end each
 * other's silence. The answer is sent in the turn in which it is prepared, so the next turn is late
 * enough.
 */
function createTurns() {
  const last = new Map<Session, Promise<void>>()
  return async <Result>(session: Session, work: () => Promise<Result>): Promise<Result> => {
    const before = last.get(session)
    let free = (): void => undefined
    const mine = new Promise<void>((resolve) => {
      free = resolve
    })
    last.set(session, mine)
    await before
    try {
      return await work()
    } finally {
      setImmediate(() => {
        if (last.get(session) === mine) last.delete(session)
        free()
      })
    }
  }
}

/** Done again it is the same, so that whatever went wrong may be tried again. */
const busy = (cause: unknown): never => {
  throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000, cause })
}

async function setPresence(
  session: Session,
  { idle, ...chosen }: CommandPayload<'presence:set'>,
  { here, users, chooseStatus }: CommandPorts,
): Promise<void> {
  if (idle !== undefined) here.setIdle(session, idle)
  if (chosen.status === undefined && chosen.text === undefined) return
  await chooseStatus({ userId: session.userId, ...chosen }).catch((cause: unknown) => {
    throw new ParleyError('UNKNOWN_OUTCOME', { cause })
  })
  const user = users.get(session.userId)
  // Told here at once; the other gateways of the user hear of it as of any change of theirs.
  if (user !== undefined) await users.refresh(user).catch(() => users.refreshSoon([user.id]))
}

/** The table of contents of the gateway: what each command does. */
export function createCommandHandlers(ports: CommandPorts): CommandHandlers {
  const { runCommand } = ports
  const oneAtATime = createTurns()
  return {
    'auth:refresh': async (session, { token }) =>
      done(await refreshToken(session, token, ports.verifyToken)),

    sync: (session, payload) => oneAtATime(session, () => prepareSync(session, payload, ports)),

    'message:send': async (session, payload) => {
      const data = await runCommand(
        { kind: 'message:send', actor: userActor(session), ...payload },
        session,
      )
      return done(data as MessageSent)
    },

    'message:edit': async (session, payload) => {
      const data = await runCommand(
        { kind: 'message:edit', actor: userActor(session), ...payload },
        session,
      )
      return done(data as MessageEdited)
    },

    'message:delete': async (session, payload) => {
      const data = await runCommand(
        { kind: 'message:delete', actor: userActor(session), ...payload },
        session,
      )
      return done(data as MessageDeleted)
    },

    'reaction:set': async (session, payload) => {
      const data = await runCommand(
        { kind: 'reaction:set', actor: userActor(session), ...payload },
        session,
      )
      return done(data as StateSet)
    },

    'pin:set': async (session, payload) => {
      const data = await runCommand(
        { kind: 'pin:set', actor: userActor(session), ...payload },
        session,
      )
      return done(data as StateSet)
    },

    'read:set': async (session, payload) => {
      const data = await runCommand(
        { kind: 'read:set', actor: userActor(session), ...payload },
        session,
      )
      const state = data as ReadState
      const { userId } = session
      const { roomId, mode } = payload
      ports.tellUser(userId, { roomId, userId, ...state })
      if (mode !== 'set') ports.signs.setRead(userId, roomId, state.readSeq)
      return done(state)
    },

    'typing:set': async (session, payload) => {
      ports.signs.setTyping(session, payload, Date.now())
      return done({})
    },

    'presence:subscribe': async (session, { userIds }) => {
      return done({ states: await ports.watch.subscribe(session, userIds).catch(busy) })
    },

    'presence:set': async (session, payload) => {
      await setPresence(session, payload, ports)
      return done({})
    },
  }
}
