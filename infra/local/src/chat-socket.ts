import { setTimeout as delay } from 'node:timers/promises'
import {
  type ClientToServerEvents,
  type CommandData,
  type CommandName,
  type CommandPayload,
  type Event,
  PROTOCOL_VERSION,
  type Reply,
  type ServerToClientEvents,
} from '@parley/message-schema'
import { io, type Socket } from 'socket.io-client'
import { ChatOrder } from './chat-order.ts'
import { ChatRefusal, type ChatRest } from './chat-rest.ts'

export interface ChatSocketPorts {
  readonly url: string
  readonly rest: ChatRest
  readonly roomId: string
  /** The last `seq` that was printed from history. */
  readonly position: number
  readonly event: (event: Event) => void
  readonly ready: (gateway: string) => void
  readonly notice: (sentence: string) => void
  /** It is over, and does not come back. */
  readonly ended: (sentence: string) => void
}

const ACK_TIMEOUT_MS = 10_000
const ATTEMPTS = 8

/** One room over a connection that comes back and catches up by itself. */
export class ChatSocket {
  readonly #ports: ChatSocketPorts
  readonly #order: ChatOrder
  readonly #socket: Socket<ServerToClientEvents, ClientToServerEvents>
  #epoch: number | undefined
  #isReady = false
  #isSyncing = false
  #waiting: (() => void)[] = []
  #stays: string | null = null

  constructor(ports: ChatSocketPorts) {
    this.#ports = ports
    this.#order = new ChatOrder(ports.position)
    this.#socket = io(ports.url, {
      transports: ['websocket', 'polling'],
      reconnectionDelay: 300,
      reconnectionDelayMax: 3_000,
      auth: (give) => give({ token: ports.rest.session?.accessToken ?? '', v: PROTOCOL_VERSION }),
    })
    this.#listen()
  }

  /** The last `seq` that was handed on. */
  get position(): number {
    return this.#order.position
  }

  /** Repeats until the outcome is known: with the same `clientMsgId` that makes nothing twice. */
  async command<Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
  ): Promise<CommandData<Name>> {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.#emit(name, payload).catch(() => null)
      if (reply?.ok === true) return reply.data
      const error = reply?.error
      if (error !== undefined && (!error.retryable || attempt === ATTEMPTS)) {
        throw new ChatRefusal(error.code, error.message)
      }
      if (attempt === ATTEMPTS)
        throw new ChatRefusal('UNKNOWN_OUTCOME', 'The server did not answer.')
      const backoff = Math.min(8_000, 250 * 2 ** attempt)
      await delay((error?.retryAfterMs ?? 0) + backoff * (0.5 + Math.random() / 2))
    }
  }

  close(): void {
    this.#stays = ''
    this.#socket.disconnect()
  }

  async #emit<Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
  ): Promise<Reply<CommandData<Name>>> {
    if (!this.#isReady) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const timed = this.#socket.timeout(ACK_TIMEOUT_MS)
    // socket.io's types lose the relation of a command's name and its payload.
    const emit = timed.emitWithAck.bind(timed) as unknown as (
      name: Name,
      payload: CommandPayload<Name>,
    ) => Promise<Reply<CommandData<Name>>>
    return await emit(name, payload)
  }

  #listen(): void {
    const socket = this.#socket
    const { roomId } = this.#ports
    socket.on('session:ready', ({ gateway, epoch }) => {
      this.#epoch ??= epoch
      this.#isReady = true
      for (const go of this.#waiting.splice(0)) go()
      this.#ports.ready(gateway)
      void this.#sync()
    })
    socket.on('room:events', (news) => news.roomId === roomId && this.#apply(news.events))
    socket.on(
      'room:heads',
      (heads) => (heads[roomId] ?? 0) > this.#order.position && void this.#sync(),
    )
    socket.on(
      'room:removed',
      (gone) => gone.roomId === roomId && this.#end('You are not in this room any more.'),
    )
    socket.on('auth:expiring', () => void this.#refresh())
    socket.on('server:drain', ({ afterMs }) => setTimeout(() => this.#reopen(), afterMs).unref())
    socket.on('session:end', ({ reconnect, message }) => {
      if (!reconnect) this.#stays = message
    })
    socket.on('disconnect', (reason) => this.#disconnected(reason))
    socket.on('connect_error', (cause) => void this.#refused(cause))
  }

  #apply(events: readonly Event[]): void {
    for (const event of this.#order.offer(events)) this.#ports.event(event)
    if (this.#order.hasGap) void this.#sync()
  }

  async #sync(): Promise<void> {
    if (this.#isSyncing) return
    this.#isSyncing = true
    const { roomId } = this.#ports
    const epoch = this.#epoch === undefined ? {} : { epoch: this.#epoch }
    try {
      for (let isBehind = true; isBehind;) {
        const rooms = { [roomId]: this.#order.position }
        const answer = await this.command('sync', { rooms, ...epoch })
        const room = answer.rooms[roomId]
        this.#epoch = answer.epoch
        isBehind = false
        if (room === undefined) return
        if ('reset' in room) {
          this.#ports.notice('Some messages are not shown: the room went on too far meanwhile.')
          this.#order.restart(room.head)
        } else {
          this.#apply(room.events)
          isBehind = room.events.length > 0 && room.to < room.head
        }
      }
    } catch {
      // The next heads ask again.
    } finally {
      this.#isSyncing = false
    }
  }

  async #refresh(): Promise<void> {
    const session = await this.#ports.rest.refresh().catch(() => null)
    if (session !== null)
      await this.#emit('auth:refresh', { token: session.accessToken }).catch(() => null)
  }

  /** The gateway goes away: another one takes us. */
  #reopen(): void {
    this.#ports.notice('This gateway is being stopped; moving to another one.')
    this.#isReady = false
    this.#socket.disconnect().connect()
  }

  #disconnected(reason: string): void {
    this.#isReady = false
    if (this.#stays === '' || reason === 'io client disconnect') return
    if (this.#stays !== null) return this.#end(this.#stays)
    this.#ports.notice('Connection lost, reconnecting …')
    if (reason === 'io server disconnect')
      setTimeout(() => this.#socket.connect(), 500 * Math.random() + 200)
  }

  async #refused(
    refusal: Error & { data?: { code?: string; retryable?: boolean; retryAfterMs?: number } },
  ) {
    if (this.#socket.active || this.#stays !== null) return
    const { code, retryable, retryAfterMs = 1_000 } = refusal.data ?? {}
    if (code === 'AUTH_EXPIRED') await this.#ports.rest.refresh().catch(() => null)
    else if (retryable !== true) return this.#end(refusal.message)
    await delay(retryAfterMs * (1 + Math.random()))
    this.#socket.connect()
  }

  #end(sentence: string): void {
    this.close()
    this.#ports.ended(sentence)
  }
}
