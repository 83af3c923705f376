import {
  COMMANDS,
  invalidFrom,
  ParleyError,
  toErrorBody,
  type CommandData,
  type CommandName,
  type CommandPayload,
  type Reply,
} from '@parley/message-schema'
import type { Session } from '../sessions/session.ts'
import type { ChatSocket } from './socket-types.ts'

/** An answer that is built when it is sent, and what must happen in the same turn. */
export interface PreparedAnswer<Data> {
  readonly answer: () => Data
  readonly goLive: () => void
}

/** Each throws `ParleyError` for a refusal. */
export type CommandHandlers = {
  readonly [Name in CommandName]: (
    session: Session,
    payload: CommandPayload<Name>,
  ) => Promise<PreparedAnswer<CommandData<Name>>>
}

export interface DispatchPorts {
  readonly handlers: CommandHandlers
  /** Milliseconds until the next one is allowed; 0 if this one is. */
  readonly takeToken: (session: Session, name: string) => number
  /** Resolves when it is known whether the session may be: who it is of, and that it was not ended. */
  readonly opened: (session: Session) => Promise<void>
  readonly nextRequestId: () => string
  readonly report: (name: string, requestId: string, error: ParleyError | undefined) => void
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)

/** Of a session that never was let in, or that was put out. What was said before one hangs up counts. */
function refusalOf({ isOpen, endCode }: Session): ParleyError | undefined {
  if (endCode === 'AUTH_REVOKED' || endCode === 'AUTH_INVALID' || endCode === 'AUTH_EXPIRED') {
    return new ParleyError(endCode)
  }
  return isOpen ? undefined : new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000 })
}

async function run(
  session: Session,
  name: string,
  payload: unknown,
  ports: DispatchPorts,
): Promise<PreparedAnswer<unknown>> {
  if (!isCommand(name)) throw new ParleyError('INVALID', { message: 'There is no such command.' })
  const waitMs = ports.takeToken(session, name)
  if (waitMs > 0) throw new ParleyError('RATE_LIMITED', { retryAfterMs: waitMs })
  const parsed = COMMANDS[name].payload.safeParse(payload)
  if (!parsed.success) throw invalidFrom(parsed.error)
  // A token tells who one was when it was signed. Until the database was asked, nothing is done for it.
  if (!session.isOpen) await ports.opened(session)
  const refusal = refusalOf(session)
  if (refusal !== undefined) throw refusal
  const handler = ports.handlers[name] as (
    session: Session,
    payload: unknown,
  ) => Promise<PreparedAnswer<unknown>>
  return handler(session, parsed.data)
}

/**
 * The one wrapper around every handler: every event of a socket comes here, and the only `catch` is
 * here. The peer chooses what it sends: its last argument need not be a callback, and its callback
 * need not be there.
 */
export function bindCommands(socket: ChatSocket, session: Session, ports: DispatchPorts): void {
  async function dispatch(name: string, args: readonly unknown[]): Promise<void> {
    const requestId = ports.nextRequestId()
    const last = args.at(-1)
    const reply = (body: Reply<unknown>): void => {
      if (typeof last === 'function') last(body)
    }
    try {
      const prepared = await run(session, name, args[0], ports)
      reply({ ok: true, data: prepared.answer() })
      prepared.goLive()
      ports.report(name, requestId, undefined)
    } catch (thrown) {
      const error = ParleyError.from(thrown)
      ports.report(name, requestId, error)
      reply({ ok: false, error: toErrorBody(error, requestId) })
    }
  }

  socket.onAny((name: string, ...args: unknown[]) => {
    void dispatch(name, args)
  })
}
