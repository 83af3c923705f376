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
export function createModelGateway({ clock, random, rooms, whenAwake }: ModelGatewayPorts) {
  const heads = new Map(rooms.map((roomId) => [roomId, 0]))
  const sockets: ModelSocket[] = []
  let sessions = 0
  let tooFar = Number.POSITIVE_INFINITY
  const later = (run: () => void): void => void clock.after(1 + random() * 40, run)
  const headOf = (roomId: string): number => heads.get(roomId) ?? 0
  const range = (from: number, to: number): Event[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, at) => event(from + at + 1))

  /** What is due in a room, as one fact. */
  const deliver = (socket: ModelSocket, roomId: string): void => {
    if (!socket.isOpen || !socket.isReady || socket.silent.has(roomId)) return
    const from = socket.cursors.get(roomId) ?? 0
    const head = headOf(roomId)
    if (head <= from) return
    socket.cursors.set(roomId, head)
    const fact = { roomId, head, events: range(from, head) }
    whenAwake(socket.owner, () => {
      if (socket.isOpen) socket.events.fact('room:events', fact)
    })
  }

  const answerSync = ({ rooms: asked = {} }: Sync): SyncResult => {
    const answer: SyncResult = { epoch: 1, rooms: {} }
    for (const [roomId, from] of Object.entries(asked)) {
      const head = headOf(roomId)
      answer.rooms[roomId] =
        head - from > tooFar
          ? { reset: true, head, reason: 'too-far' }
          : { from, to: head, head, events: range(from, head) }
    }
    return answer
  }

  const openSilence = (socket: ModelSocket): void => {
    socket.silent.clear()
    for (const roomId of rooms) deliver(socket, roomId)
  }

  const sync = (socket: ModelSocket, payload: Sync, resolve: (reply: unknown) => void): void => {
    const asked = Object.keys(payload.rooms ?? {})
    for (const roomId of asked) socket.silent.add(roomId)
    later(() => {
      if (!socket.isOpen) return
      const data = answerSync(payload)
      for (const roomId of asked) socket.cursors.set(roomId, headOf(roomId))
      // One more in the same packet: it is heard before the answer is.
      if (random() < 0.5 && asked[0] !== undefined) heads.set(asked[0], headOf(asked[0]) + 1)
      whenAwake(socket.owner, () => resolve({ ok: true, data }))
      openSilence(socket)
    })
  }

  const becomeReady = (socket: ModelSocket): void => {
    if (!socket.isOpen) return
    socket.isReady = true
    for (const roomId of rooms) {
      socket.cursors.set(roomId, headOf(roomId))
      socket.silent.add(roomId)
    }
    clock.after(1_000, () => openSilence(socket))
    const session = {
      sessionId: `session-${(sessions += 1)}`,
      userId: 'ann',
      serverTime: '2026-01-02T03:04:05.000Z',
      expiresAt: '2026-01-02T04:04:05.000Z',
      limits: {},
      headsIntervalMs: 5_000,
      epoch: 1,
      gateway: 'model',
    }
    whenAwake(socket.owner, () => {
      if (socket.isOpen) socket.events.ready(session)
    })
    const beat = (): void => {
      if (!socket.isOpen) return
      whenAwake(socket.owner, () => socket.events.fact('room:heads', Object.fromEntries(heads)))
      clock.after(5_000, beat)
    }
    clock.after(5_000, beat)
  }

  const openFor =
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
        cut() {
          if (!socket.isOpen) return
          socket.isOpen = false
          const wasReady = socket.isReady
          whenAwake(owner, () => events.closed({ cause: 'transport', wasReady }))
        },
        drain: () => whenAwake(owner, () => events.fact('server:drain', { afterMs: 1_000 })),
      }
      sockets.push(socket)
      later(() => becomeReady(socket))
      const link: Link = {
        kind: 'websocket',
        request: (name, payload) =>
          new Promise((resolve, reject) => {
            socket.requests.push({ name, payload })
            clock.after(10_000, () =>
              reject(new ChatError({ code: 'UNKNOWN_OUTCOME', message: '', retryable: true })),
            )
            if (name === 'sync') sync(socket, payload as Sync, resolve as (reply: unknown) => void)
            else later(() => resolve({ ok: true, data: {} as never }))
          }),
        close: () => void (socket.isOpen = false),
      }
      return link
    }

  const callFor = (owner: string): CallRoute =>
    (async (_route: string, { body }: { body: Sync }) =>
      new Promise((resolve) => {
        later(() => {
          const answer = answerSync(body)
          later(() => whenAwake(owner, () => resolve(answer)))
        })
      })) as unknown as CallRoute

  return {
    openFor,
    callFor,
    headOf,
    open: () => sockets.filter(({ isOpen }) => isOpen),
    commit(roomId: string): void {
      heads.set(roomId, headOf(roomId) + 1)
      for (const socket of sockets) if (socket.isOpen) later(() => deliver(socket, roomId))
    },
    setTooFar: (limit: number) => void (tooFar = limit),
  }
}
