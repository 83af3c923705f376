import {
  type ClientToServerEvents,
  type CommandData,
  type CommandName,
  type CommandPayload,
  isRetryable,
  type ParleyError,
  PROTOCOL_VERSION,
  type Reply,
  type ServerToClientEvents,
  type SessionReady,
} from '@parley/message-schema'
import { io, type Socket } from 'socket.io-client'
import { retryDelayMs } from '../outbox/retry-delay.ts'

export interface LinkPorts {
  readonly url: string
  readonly deviceId: string
  readonly token: () => Promise<string>
  /** The token was refused as ended: the next `token()` must answer another one. */
  readonly renewToken: () => Promise<unknown>
}

export interface LinkEvents {
  readonly ready: (link: SocketLink, session: SessionReady) => void
  readonly down: (link: SocketLink) => void
  /** It does not come back by itself. */
  readonly ended: (link: SocketLink, message: string) => void
  readonly fact: <Name extends keyof ServerToClientEvents>(
    link: SocketLink,
    name: Name,
    fact: Parameters<ServerToClientEvents[Name]>[0],
  ) => void
}

const ACK_TIMEOUT_MS = 10_000
/** A token that is refused although it is new will not be taken later either. */
const RENEWALS_MAX = 5
const FORWARDED = [
  'auth:expiring',
  'server:drain',
  'room:events',
  'room:heads',
  'room:added',
  'room:removed',
  'read:moved',
] as const

/** One socket that comes back by itself until the server says that it need not. */
export class SocketLink {
  readonly #socket: Socket<ServerToClientEvents, ClientToServerEvents>
  readonly #ports: LinkPorts
  readonly #events: LinkEvents
  #refusals = 0
  #ending: { reconnect: boolean; message: string } | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(ports: LinkPorts, events: LinkEvents) {
    this.#ports = ports
    this.#events = events
    this.#socket = io(ports.url, {
      // A second link for make-before-break must not share the first one's connection.
      forceNew: true,
      transports: ['websocket', 'polling'],
      reconnectionDelay: 300,
      reconnectionDelayMax: 5_000,
      auth: (give) => void this.#authenticate(give),
    })
    this.#listen()
  }

  async request<Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
  ): Promise<Reply<CommandData<Name>>> {
    // Typed by the command tables; socket.io's own types lose the relation of name and payload.
    const emit = this.#socket.timeout(ACK_TIMEOUT_MS).emitWithAck.bind(this.#socket) as unknown as (
      name: Name,
      payload: CommandPayload<Name>,
    ) => Promise<Reply<CommandData<Name>>>
    return await emit(name, payload)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#socket.disconnect()
  }

  #listen(): void {
    const socket = this.#socket
    socket.on('session:ready', (session) => {
      this.#refusals = 0
      this.#ending = null
      this.#events.ready(this, session)
    })
    socket.on('session:end', (end) => {
      this.#ending = end
      if (end.code.startsWith('AUTH_')) void this.#ports.renewToken().catch(() => null)
    })
    socket.on('disconnect', (reason) => {
      if (this.#isClosed) return
      this.#events.down(this)
      const ending = this.#ending
      if (ending !== null && !ending.reconnect) this.#end(ending.message)
      // After a disconnect by the server the client does not come back unless it is told to.
      else if (reason === 'io server disconnect') this.#openAfter(retryDelayMs(0))
    })
    socket.on('connect_error', (error) => {
      if (this.#isClosed) return
      this.#events.down(this)
      // Still active: the transport failed, and socket.io goes on trying. Else we were refused.
      if (!socket.active) void this.#refused(error)
    })
    // The union of the handlers' types is too much for `on`; `fact` pairs name and type again.
    const on = socket.on.bind(socket) as (name: string, handler: (fact: never) => void) => void
    for (const name of FORWARDED) on(name, (fact) => this.#events.fact(this, name, fact))
  }

  async #authenticate(give: (auth: object) => void): Promise<void> {
    const token = await this.#ports.token().catch(() => 'none')
    if (!this.#isClosed) give({ token, v: PROTOCOL_VERSION, deviceId: this.#ports.deviceId })
  }

  async #refused(error: Error & { data?: unknown }): Promise<void> {
    const { code, message, retryAfterMs } = (error.data ?? {}) as Partial<ParleyError>
    const attempt = this.#refusals
    this.#refusals += 1
    if (code?.startsWith('AUTH_') === true && attempt < RENEWALS_MAX) {
      try {
        await this.#ports.renewToken()
        return this.#openAfter(attempt === 0 ? 0 : retryDelayMs(attempt))
      } catch {
        // Either the session is over, which its owner learns from `renewToken`, or we are offline.
        return this.#openAfter(retryDelayMs(attempt + 1))
      }
    }
    if (code !== undefined && !isRetryable(code)) return this.#end(message ?? error.message)
    this.#openAfter(retryDelayMs(attempt, retryAfterMs))
  }

  #openAfter(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#isClosed) this.#timer = setTimeout(() => this.#socket.connect(), ms)
  }

  #end(message: string): void {
    this.close()
    this.#events.ended(this, message)
  }
}
