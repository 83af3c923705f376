import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandData, Fact, Reply } from '@parley/message-schema'
import { io, type ManagerOptions } from 'socket.io-client'
import { RoomRecorder } from './room-recorder.ts'
import type { TestSocket, TestUser } from './test-client.ts'

export interface Acked {
  readonly roomId: string
  readonly seq: number
  readonly text: string
}

const ANSWER_WITHIN_MS = 4_000

/**
 * What the contract asks of a client, and no more: after `session:ready` it syncs from its positions
 * and looks away until the answer; it repeats what was not acknowledged, with the same id.
 */
export class ResumingClient {
  readonly recorder = new RoomRecorder()
  readonly acked: Acked[] = []
  readonly user: TestUser
  readonly socket: TestSocket
  /** Every `session:ready` that came. */
  readonly sessions: Fact<'session:ready'>[] = []
  readonly #rooms: readonly string[]
  #isLive = false
  #syncs = 0

  constructor(
    url: string,
    user: TestUser,
    rooms: readonly string[],
    options: Partial<ManagerOptions> = {},
  ) {
    this.user = user
    this.#rooms = rooms
    for (const roomId of rooms) this.recorder.startAt(roomId, 0)
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 300,
      timeout: 3_000,
      ...options,
      auth: { token: user.token, v: 1 },
    })
    this.socket.on('session:ready', (ready) => {
      this.sessions.push(ready)
      this.sync()
    })
    this.socket.on('disconnect', () => {
      this.#isLive = false
    })
    this.socket.on('connect_error', () => {
      // Refused by us, not by the transport: the official client waits to be asked.
      if (!this.socket.active) setTimeout(() => this.socket.connect(), 200)
    })
    this.socket.on('room:events', (fact) => {
      if (this.#isLive) this.recorder.take(fact)
    })
    this.socket.on('room:heads', (heads) => {
      const isBehind = rooms.some((roomId) => (heads[roomId] ?? 0) > this.recorder.last(roomId))
      if (isBehind && this.#isLive) this.sync()
    })
  }

  async ready(timeoutMs = 10_000): Promise<void> {
    const untilMs = Date.now() + timeoutMs
    while (!this.#isLive) {
      if (Date.now() > untilMs) throw new Error('The client did not become live.')
      await sleep(10)
    }
  }

  /** Resolves with the ack, however often it has to ask. */
  async send(roomId: string, text: string, timeoutMs = 60_000): Promise<number> {
    const clientMsgId = randomUUID()
    const untilMs = Date.now() + timeoutMs
    for (;;) {
      const reply = await this.#try(roomId, clientMsgId, text)
      if (reply?.ok === true) {
        this.acked.push({ roomId, seq: reply.data.seq, text })
        return reply.data.seq
      }
      if (reply?.ok === false && !reply.error.retryable) throw new Error(reply.error.code)
      if (Date.now() > untilMs) throw new Error(`No ack for '${text}': ${JSON.stringify(reply)}`)
      await sleep(reply?.ok === false ? Math.min(reply.error.retryAfterMs ?? 50, 500) : 50)
    }
  }

  /**
   * By callback, not by promise: the events that follow the answer may be in the same packet, and
   * would be looked away from before a promise's continuation runs.
   */
  sync(): void {
    this.#isLive = false
    const rooms = Object.fromEntries(
      this.#rooms.map((roomId) => [roomId, this.recorder.last(roomId)]),
    )
    const attempt = (this.#syncs += 1)
    this.socket.timeout(ANSWER_WITHIN_MS).emit('sync', { rooms }, (error, reply) => {
      if (attempt !== this.#syncs) return
      if (error !== null || !reply.ok) {
        if (this.socket.connected) setTimeout(() => this.#syncAgain(attempt), 100)
        return
      }
      this.#isLive = true
      for (const roomId of this.#rooms) this.recorder.takeSync(roomId, reply.data.rooms[roomId])
    })
  }

  #syncAgain(attempt: number): void {
    if (attempt === this.#syncs) this.sync()
  }

  close(): void {
    this.socket.disconnect()
  }

  async #try(
    roomId: string,
    clientMsgId: string,
    text: string,
  ): Promise<Reply<CommandData<'message:send'>> | undefined> {
    try {
      if (!this.socket.connected) return undefined
      return await this.socket
        .timeout(ANSWER_WITHIN_MS)
        .emitWithAck('message:send', { roomId, clientMsgId, text })
    } catch {
      return undefined
    }
  }
}
