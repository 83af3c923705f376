import type { Event, Sync, SyncResult } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { Link, LinkEvents, OpenLink } from '../connection/link.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { createTestClock } from './test-clock.ts'

type Clock = ReturnType<typeof createTestClock>

export interface ModelSocket {
  readonly owner: string
  readonly requests: { name: string; payload: unknown }[]
  isOpen: boolean
  isReady: boolean
  /** By room: the last that was delivered. */
  readonly cursors: Map<string, number>
  readonly silent: Set<string>
  readonly events: LinkEvents
  cut: () => void
  drain: () => void
}

export interface ModelGatewayPorts {
  readonly clock: Clock
  readonly random: () => number
  readonly rooms: readonly string[]
  /** A page that stands still hears of it later; a dead one never. */
  readonly whenAwake: (owner: string, run: () => void) => void
}

const event = (seq: number): Event => ({
  seq,
  type: 'message:deleted',
  ts: '2026-01-02T03:04:05.000Z',
  actor: { id: 'bob', kind: 'user' },
  ref: 1,
  data: {},
})

/** Behaves as docs/protocol.md says of `session:ready`, `sync` and silence. Latencies are random. */
export class ModelGateway {
  readonly #ports: ModelGatewayPorts
  readonly #heads = new Map<string, number>()
  readonly #sockets: ModelSocket[] = []
  #sessions = 0
  #tooFar = Number.POSITIVE_INFINITY
  readonly #later = (run: () => void): void =>
    void this.#ports.clock.after(1 + this.#ports.random() * 40, run)
  readonly headOf = (roomId: string): number => this.#heads.get(roomId) ?? 0
  readonly #range = (from: number, to: number): Event[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, at) => event(from + at + 1))

  /** What is due in a room, as one fact. */
  readonly #deliver = (socket: ModelSocket, roomId: string): void => {
    if (!socket.isOpen || !socket.isReady || socket.silent.has(roomId)) return
    const from = socket.cursors.get(roomId) ?? 0
    const head = this.headOf(roomId)
    if (head <= from) return
    socket.cursors.set(roomId, head)
    const fact = { roomId, head, events: this.#range(from, head) }
    this.#ports.whenAwake(socket.owner, () => {
      if (socket.isOpen) socket.events.fact('room:events', fact)
    })
  }

  readonly #answerSync = ({ rooms: asked = {} }: Sync): SyncResult => {
    const answer: SyncResult = { epoch: 1, rooms: {} }
    for (const [roomId, from] of Object.entries(asked)) {
      const head = this.headOf(roomId)
      answer.rooms[roomId] =
        head - from > this.#tooFar
          ? { reset: true, head, reason: 'too-far' }
          : { from, to: head, head, events: this.#range(from, head) }
    }
    return answer
  }

  readonly #openSilence = (socket: ModelSocket): void => {
    socket.silent.clear()
    for (const roomId of this.#ports.rooms) this.#deliver(socket, roomId)
  }

  readonly #sync = (
    socket: ModelSocket,
    payload: Sync,
    resolve: (reply: unknown) => void,
  ): void => {
    const asked = Object.keys(payload.rooms ?? {})
    for (const roomId of asked) socket.silent.add(roomId)
    this.#later(() => {
      if (!socket.isOpen) return
      const data = this.#answerSync(payload)
      for (const roomId of asked) socket.cursors.set(roomId, this.headOf(roomId))
      // One more in the same packet: it is heard before the answer is.
      if (this.#ports.random() < 0.5 && asked[0] !== undefined)
        this.#heads.set(asked[0], this.headOf(asked[0]) + 1)
      this.#ports.whenAwake(socket.owner, () => resolve({ ok: true, data }))
      this.#openSilence(socket)
    })
  }

  readonly #becomeReady = (socket: ModelSocket): void => {
    if (!socket.isOpen) return
    socket.isReady = true
    for (const roomId of this.#ports.rooms) {
      socket.cursors.set(roomId, this.headOf(roomId))
      socket.silent.add(roomId)
    }
    this.#ports.clock.after(1_000, () => this.#openSilence(socket))
    const session = {
      sessionId: `session-${(this.#sessions += 1)}`,
      userId: 'ann',
      serverTime: '2026-01-02T03:04:05.000Z',
      expiresAt: '2026-01-02T04:04:05.000Z',
      limits: {},
      headsIntervalMs: 5_000,
      epoch: 1,
      gateway: 'model',
    }
    this.#ports.whenAwake(socket.owner, () => {
      if (socket.isOpen) socket.events.ready(session)
    })
    const beat = (): void => {
      if (!socket.isOpen) return
      this.#ports.whenAwake(socket.owner, () =>
        socket.events.fact('room:heads', Object.fromEntries(this.#heads)),
      )
      this.#ports.clock.after(5_000, beat)
    }
    this.#ports.clock.after(5_000, beat)
  }

  readonly openFor =
    (owner: string): OpenLink =>
    (_options, events) => {
      const socket: ModelSocket = {
        owner,
        requests: [],
        isOpen: true,
        isReady: false,
        cursors: new Map(),
        silent: new Set(),
        events,
        cut: () => {
          if (!socket.isOpen) return
          socket.isOpen = false
          const wasReady = socket.isReady
          this.#ports.whenAwake(owner, () => events.closed({ cause: 'transport', wasReady }))
        },
        drain: () =>
          this.#ports.whenAwake(owner, () => events.fact('server:drain', { afterMs: 1_000 })),
      }
      this.#sockets.push(socket)
      this.#later(() => this.#becomeReady(socket))
      const link: Link = {
        kind: 'websocket',
        request: (name, payload) =>
          new Promise((resolve, reject) => {
            socket.requests.push({ name, payload })
            this.#ports.clock.after(10_000, () =>
              reject(new ChatError({ code: 'UNKNOWN_OUTCOME', message: '', retryable: true })),
            )
            if (name === 'sync')
              this.#sync(socket, payload as Sync, resolve as (reply: unknown) => void)
            else this.#later(() => resolve({ ok: true, data: {} as never }))
          }),
        close: () => void (socket.isOpen = false),
      }
      return link
    }

  readonly callFor = (owner: string): CallRoute =>
    (async (_route: string, { body }: { body: Sync }) =>
      new Promise((resolve) => {
        this.#later(() => {
          const answer = this.#answerSync(body)
          this.#later(() => this.#ports.whenAwake(owner, () => resolve(answer)))
        })
      })) as unknown as CallRoute

  constructor(ports: ModelGatewayPorts) {
    this.#ports = ports
  }

  open(): ModelSocket[] {
    return this.#sockets.filter(({ isOpen }) => isOpen)
  }

  commit(roomId: string): void {
    this.#heads.set(roomId, this.headOf(roomId) + 1)
    for (const socket of this.#sockets)
      if (socket.isOpen) this.#later(() => this.#deliver(socket, roomId))
  }

  setTooFar(limit: number): void {
    this.#tooFar = limit
  }
}
