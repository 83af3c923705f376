import type {
  ClientToServerEvents,
  Fact,
  RoomSync,
  ServerToClientEvents,
  SyncResult,
} from '@parley/message-schema'
import { io, type Socket } from 'socket.io-client'
import type { GetToken } from './rest.ts'
import type { RoomReading } from './room-reading.ts'

export type ChatSocket = Socket<ServerToClientEvents, ClientToServerEvents>

export interface SocketReaderPorts {
  readonly url: string
  readonly transport: 'websocket' | 'polling'
  readonly getToken: GetToken
  readonly reading: RoomReading
  /** Events that it does not begin with, of rooms that it is to read from there. */
  readonly from?: Readonly<Record<string, number>>
}

interface Asked {
  readonly rooms: Readonly<Record<string, number>>
  readonly askedMs: number
}

const ANSWER_MS = 10_000
const PATIENCE_MS = 2_500
const PAUSE_MS = 300

/**
 * A bare Socket.IO client that follows its user's rooms as docs/protocol.md asks for: after
 * `session:ready` it syncs from its own positions and looks away from those rooms until the answer.
 * What comes then is taken down as it comes.
 */
export class SocketReader {
  readonly socket: ChatSocket
  readonly #ports: SocketReaderPorts
  /** Rooms that are silent until a `sync` is answered. */
  readonly #awaited = new Set<string>()
  /** Rooms in which a membership has begun since it asked for them: the answer goes on from what came since. */
  readonly #added = new Set<string>()
  /** What the latest `sync` names, also where its user has left since. */
  #asked: ReadonlySet<string> = new Set()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** A head that was heard of, and is not reached. */
  readonly #heads = new Map<string, number>()
  #attempt = 0
  #isSynced = false
  #isClosed = false
  #epoch: number | undefined
  #stale: string | null = null
  #token = ''

  constructor(ports: SocketReaderPorts) {
    this.#ports = ports
    for (const [roomId, seq] of Object.entries(ports.from ?? {})) ports.reading.startAt(roomId, seq)
    this.socket = io(ports.url, {
      autoConnect: false,
      forceNew: true,
      transports: [ports.transport],
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
      timeout: 5_000,
      auth: (give) => void this.#authenticate(give),
    })
    this.#listen()
  }

  get isLive(): boolean {
    return this.socket.connected && this.#isSynced
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.socket.disconnect()
  }

  async #authenticate(give: (auth: object) => void): Promise<void> {
    try {
      this.#token = await this.#ports.getToken(this.#stale)
    } catch {
      // With the old one it is refused, and asks again.
    }
    give({ token: this.#token, v: 1 })
  }

  #listen(): void {
    const { socket } = this
    const { reading } = this.#ports
    socket.on('session:ready', (ready) => {
      this.#epoch ??= ready.epoch
      reading.connected(ready.gateway)
      this.#sync()
    })
    socket.on('room:events', ({ roomId, events }) => {
      if (!this.#awaited.has(roomId)) reading.take(roomId, events, 'live')
    })
    socket.on('room:heads', (heads) => this.#heed(heads))
    socket.on('room:added', ({ roomId, head }) => {
      // What follows is handed over before an answer that is on its way, and goes on in that.
      this.#awaited.delete(roomId)
      if (this.#asked.has(roomId)) this.#added.add(roomId)
      reading.addedAt(roomId, head)
    })
    socket.on('room:removed', ({ roomId }) => {
      // It was looking away, and the answer that it waits for says no more of the room.
      const isAwaited = this.#awaited.delete(roomId)
      this.#added.delete(roomId)
      reading.remove(roomId, isAwaited ? 'awaited' : undefined)
    })
    socket.on('server:drain', ({ afterMs }) => {
      this.#later(afterMs, () => socket.disconnect().connect())
    })
    socket.on('session:end', ({ code, reconnect }) => {
      reading.sessionEnd(code)
      if (!reconnect) this.#later(PAUSE_MS, () => socket.connect())
    })
    socket.on('auth:expiring', () => void this.#refresh())
    socket.on('disconnect', (reason) => {
      this.#isSynced = false
      this.#endWait()
      reading.disconnected(reason)
    })
    socket.on('connect_error', (error) => this.#refused(error))
  }

  #refused(error: Error & { readonly data?: { code?: string; retryAfterMs?: number } }): void {
    // The transport's own errors are tried again by the client itself.
    if (this.socket.active || this.#isClosed) return
    this.#stale = error.data?.code?.startsWith('AUTH_') === true ? this.#token : null
    this.#later(error.data?.retryAfterMs ?? PAUSE_MS, () => this.socket.connect())
  }

  async #refresh(): Promise<void> {
    try {
      this.#token = await this.#ports.getToken(this.#token)
      await this.socket.timeout(ANSWER_MS).emitWithAck('auth:refresh', { token: this.#token })
    } catch {
      // The session ends then, and begins with a token that is good.
    }
  }

  /** By callback: events that follow the answer may be in the same packet. */
  #sync(): void {
    const rooms = this.#ports.reading.positions()
    const attempt = (this.#attempt += 1)
    const askedMs = this.#ports.reading.now()
    if (Object.keys(rooms).length === 0) return void (this.#isSynced = true)
    this.#asked = new Set(Object.keys(rooms))
    for (const roomId of this.#asked) this.#awaited.add(roomId)
    const payload = { rooms, ...(this.#epoch !== undefined && { epoch: this.#epoch }) }
    this.socket.timeout(ANSWER_MS).emit('sync', payload, (timeout, reply) => {
      if (attempt !== this.#attempt || !this.socket.connected) return
      if (timeout === null && reply.ok) return this.#take({ rooms, askedMs }, reply.data)
      const waitMs =
        timeout === null && !reply.ok ? (reply.error.retryAfterMs ?? PAUSE_MS) : PAUSE_MS
      this.#later(waitMs, () => {
        if (attempt === this.#attempt && this.socket.connected) this.#sync()
      })
    })
  }

  #take(asked: Asked, answer: SyncResult): void {
    this.#epoch = answer.epoch
    for (const [roomId, room] of Object.entries(answer.rooms)) {
      // It was left since it was asked for, unless something is said here.
      const isAdded = this.#added.delete(roomId)
      if (this.#awaited.delete(roomId) || isAdded) this.#takeRoom(roomId, asked, room)
    }
    if (answer.more === true) return this.#sync()
    this.#endWait()
    this.#isSynced = true
  }

  #endWait(): void {
    this.#asked = new Set()
    this.#awaited.clear()
    this.#added.clear()
  }

  #takeRoom(roomId: string, { rooms, askedMs }: Asked, room: RoomSync): void {
    const { reading } = this.#ports
    if ('reset' in room) {
      if (room.reason === 'not-member') reading.remove(roomId, room.reason)
      else reading.resetTo(roomId, room.head, room.reason)
      return
    }
    if (room.from !== rooms[roomId]) reading.addedAt(roomId, room.from)
    reading.take(roomId, room.events, 'sync', askedMs)
  }

  /** Often what a head names is on its way. */
  #heed(heads: Fact<'room:heads'>): void {
    const { reading } = this.#ports
    for (const [roomId, head] of Object.entries(heads)) {
      const position = reading.position(roomId)
      if (position !== null && position < head) this.#heads.set(roomId, head)
    }
    if (this.#heads.size === 0) return
    this.#later(PATIENCE_MS, () => {
      const isBehind = [...this.#heads].some(
        ([roomId, head]) => (reading.position(roomId) ?? head) < head,
      )
      this.#heads.clear()
      if (isBehind && this.isLive) this.#sync()
    })
  }

  #later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.#isClosed) then()
    }, ms)
    this.#timers.add(timer)
  }
}
