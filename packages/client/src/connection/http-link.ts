import type {
  CommandData,
  CommandName,
  CommandPayload,
  ErrorBody,
  Reply,
  SessionReady,
} from '@parley/message-schema'
import { newId } from '../new-id.ts'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { CallsDone } from '../rest/calls-done.ts'
import { createCallRoute } from '../rest/create-call-route.ts'
import { createFollowPresence } from '../rest/follow-presence.ts'
import { createFollowRooms, type FollowRooms } from '../rest/follow-rooms.ts'
import { createHttpCommands } from '../rest/http-commands.ts'
import { pause, type Pause } from '../rest/pause.ts'
import { changesMyRooms } from '../rest/room-changes.ts'
import type { LinkClosed, LinkEvents, LinkOptions, OpenLink } from './link.ts'
import { createExpiryWatch, sessionTimes } from './token-life.ts'

export interface HttpLinkPorts {
  readonly fetch?: typeof fetch | undefined
  /** When it tells of a change, the link looks at once which rooms are mine, instead of within 15 s. */
  readonly callsDone?: Pick<CallsDone, 'subscribe'>
  readonly random?: () => number
  readonly sleep?: Pause
}

const REQUEST_MS = 10_000
const LOOK_MS = 15_000
const RESTORED = 'The log was taken back in time: connect and sync.'

const toErrorBody = (error: ChatError): ErrorBody => ({
  code: error.code,
  message: error.message,
  retryable: error.isRetryable,
  ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  ...(error.details !== undefined && { details: error.details }),
  requestId: error.requestId,
})

const isAuth = (error: ChatError): boolean => error.code.startsWith('AUTH_')
/** Nobody said it: no answer came. */
const isUnanswered = (error: ChatError): boolean =>
  error.code === 'UNKNOWN_OUTCOME' && error.requestId === ''

function toClosed(error: unknown): LinkClosed {
  if (!(error instanceof ChatError) || isUnanswered(error)) {
    return { cause: 'transport', wasReady: false }
  }
  return { cause: 'refused', error: toErrorBody(error) }
}

/** A signal that ends with another one, or after `ms`. */
function createDeadline(ms: number, ended: AbortSignal) {
  const deadline = new AbortController()
  const end = (): void => deadline.abort()
  const timer = setTimeout(end, ms)
  ended.addEventListener('abort', end)
  if (ended.aborted) end()
  const clear = (): void => {
    clearTimeout(timer)
    ended.removeEventListener('abort', end)
  }
  return { signal: deadline.signal, clear }
}

interface Opened {
  readonly session: SessionReady
  readonly rooms: FollowRooms
}

class HttpSession {
  readonly #events: LinkEvents
  readonly #ports: HttpLinkPorts & { readonly sleep: Pause; readonly random: () => number }
  readonly #ending = new AbortController()
  readonly #call: CallRoute
  readonly #run: ReturnType<typeof createHttpCommands>
  readonly #presence: ReturnType<typeof createFollowPresence>
  readonly #watchExpiry: ReturnType<typeof createExpiryWatch>
  readonly #opened: Promise<Opened>
  readonly #options: LinkOptions
  #token: string
  #isReady = false

  constructor(options: LinkOptions, events: LinkEvents, ports: HttpLinkPorts) {
    this.#options = options
    this.#events = events
    this.#ports = { sleep: pause, random: Math.random, ...ports }
    this.#token = options.token
    const { signal } = this.#ending
    this.#call = this.#callWith(async () => this.#token)
    this.#run = createHttpCommands(this.#call)
    const changed = (states: readonly object[]): void =>
      this.#fact('presence', { states: [...states] as CommandData<'presence:subscribe'>['states'] })
    const { sleep, random } = this.#ports
    this.#presence = createFollowPresence({ call: this.#call, changed, sleep, random, signal })
    this.#watchExpiry = createExpiryWatch(
      (expiresAt) => this.#fact('auth:expiring', { expiresAt }),
      signal,
    )
    this.#opened = this.#open()
    // Requests that wait for it tell of its failure; without one nobody needs to.
    this.#opened.catch((error: unknown) => this.end(toClosed(error)))
  }

  async request<Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
    timeoutMs = REQUEST_MS,
  ): Promise<Reply<CommandData<Name>>> {
    const deadline = createDeadline(timeoutMs, this.#ending.signal)
    try {
      const late = new Promise<never>((_resolve, reject) => {
        const end = (): void => reject(unknownOutcome())
        deadline.signal.addEventListener('abort', end, { once: true })
        if (deadline.signal.aborted) end()
      })
      const data = await Promise.race([late, this.#answer(name, payload, deadline.signal)])
      return { ok: true, data: data as CommandData<Name> }
    } catch (cause) {
      const error = cause instanceof ChatError ? cause : unknownOutcome(cause)
      if (isUnanswered(error)) throw error
      if (!isAuth(error) || name === 'auth:refresh') return { ok: false, error: toErrorBody(error) }
      // It is said of the session, not of the command, which may be tried with another token.
      this.end({ cause: 'refused', error: toErrorBody(error) })
      throw unknownOutcome(error)
    } finally {
      deadline.clear()
    }
  }

  end(why: LinkClosed | null): void {
    if (this.#ending.signal.aborted) return
    this.#ending.abort()
    if (why !== null) this.#events.closed(why)
  }

  async #answer(
    name: CommandName,
    payload: CommandPayload<CommandName>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { session, rooms } = await this.#opened
    signal.throwIfAborted()
    if (name === 'sync') return await rooms.sync(payload as CommandPayload<'sync'>, signal)
    if (name === 'auth:refresh') {
      return await this.#refresh(payload as CommandPayload<'auth:refresh'>, session, signal)
    }
    if (name === 'presence:subscribe') {
      const { userIds } = payload as CommandPayload<'presence:subscribe'>
      return { states: await this.#presence.watch(userIds, signal) }
    }
    return await this.#run(name, payload as CommandPayload<typeof name>, signal)
  }

  async #open(): Promise<Opened> {
    const { signal } = this.#ending
    const [{ user }, heads] = await Promise.all([
      this.#call('GET /v1/me', { signal }),
      this.#call('POST /v1/sync', { body: {}, signal }),
    ])
    signal.throwIfAborted()
    const session: SessionReady = {
      sessionId: newId(),
      userId: user.id,
      ...sessionTimes(this.#token),
      limits: {},
      headsIntervalMs: LOOK_MS,
      epoch: heads.epoch,
      gateway: 'http',
    }
    const rooms = this.#follow(heads)
    this.#isReady = true
    this.#events.ready(session)
    this.#watchExpiry(this.#token, false)
    return { session, rooms }
  }

  #follow(heads: CommandData<'sync'>): FollowRooms {
    const { signal } = this.#ending
    const { sleep, random, callsDone } = this.#ports
    const rooms = createFollowRooms(
      {
        call: this.#call,
        epoch: heads.epoch,
        fact: (name, fact) => this.#fact(name, fact),
        lost: () => this.end({ cause: 'transport', wasReady: this.#isReady }),
        refused: (error) => this.end({ cause: 'refused', error: toErrorBody(error) }),
        restored: () =>
          this.end({
            cause: 'ended',
            end: { code: 'LOG_RESTORED', reconnect: true, message: RESTORED },
          }),
        sleep,
        random,
        signal,
      },
      heads,
    )
    const unsubscribe = callsDone?.subscribe((route) => {
      if (changesMyRooms(route)) rooms.lookSoon()
    })
    if (unsubscribe !== undefined) signal.addEventListener('abort', unsubscribe, { once: true })
    return rooms
  }

  async #refresh(
    { token }: CommandPayload<'auth:refresh'>,
    { userId }: SessionReady,
    signal: AbortSignal,
  ): Promise<CommandData<'auth:refresh'>> {
    const { user } = await this.#callWith(async () => token)('GET /v1/me', { signal })
    if (user.id !== userId) {
      throw new ChatError({ code: 'AUTH_INVALID', message: 'The token is of another session.' })
    }
    this.#token = token
    this.#watchExpiry(token, true)
    return { expiresAt: sessionTimes(token).expiresAt }
  }

  #callWith(getToken: () => Promise<string>): CallRoute {
    const { url } = this.#options
    // A link says what became of a request; whether it is tried again others decide.
    return createCallRoute({ url, getToken, fetch: this.#ports.fetch, retries: 0 })
  }

  readonly #fact: LinkEvents['fact'] = (name, fact) => {
    if (!this.#ending.signal.aborted) this.#events.fact(name, fact)
  }
}

/**
 * The same API over plain HTTP, for where neither WebSocket nor polling gets through: commands by REST, the
 * live stream by long polls of `POST /v1/sync`. What is said at most once over sockets is not told:
 * typing, cursors of others, invites, messages for one's eyes only. Presence is up to 15 s late, and
 * so are rooms that somebody else adds one to. A stream that falls too far behind, or three requests
 * without an answer, close it with `transport`: open another and sync. A refused token is `refused`,
 * whenever that is.
 */
export const createHttpLink =
  (ports: HttpLinkPorts = {}): OpenLink =>
  (options, events) => {
    const session = new HttpSession(options, events, ports)
    return {
      kind: 'http',
      request: (name, payload, timeoutMs) => session.request(name, payload, timeoutMs),
      close: () => session.end(null),
    }
  }
