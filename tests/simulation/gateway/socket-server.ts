import type { VirtualClock } from '../clock/virtual-clock.ts'
import type { Wire } from '../network/wire.ts'

type Listener = (...args: never[]) => void
/** Tells a client something: its name, and what it is as JSON. */
export type TellClient = (name: string, text: string) => void
/** Sees everything that is sent to a client, when it is sent. */
export type WatchSent = (socket: ServerSocket, name: string, fact: unknown) => void

/** What the gateway uses of a socket of `socket.io`. */
export class ServerSocket {
  readonly id: string
  readonly handshake: { readonly auth: unknown }
  readonly data: { identity?: { userId: string } } = {}
  readonly conn: object
  readonly wire: Wire
  readonly rooms = new Set<string>()
  isOver = false
  readonly #server: SocketServer
  readonly #tell: TellClient
  readonly #listeners = new Map<string, Listener>()
  #any: Listener | undefined

  constructor(server: SocketServer, wire: Wire, id: string, auth: unknown, tell: TellClient) {
    this.#server = server
    this.id = id
    this.wire = wire
    this.handshake = { auth }
    this.#tell = tell
    this.conn = {
      get writeBuffer() {
        return [{ data: { byteLength: wire.down.heldBytes } }]
      },
      transport: {},
      // An event, as a message of Engine.IO has it.
      write: (text: string) => this.emit(...(JSON.parse(text.slice(1)) as [string, unknown])),
      close: (isDiscarded = false) => this.#close(isDiscarded),
    }
  }

  get connected(): boolean {
    return !this.isOver
  }

  on(name: string, listener: Listener): this {
    this.#listeners.set(name, listener)
    return this
  }

  onAny(listener: Listener): this {
    this.#any = listener
    return this
  }

  join(room: string): void {
    if (!this.isOver) this.#server.enter(this, room)
  }

  leave(room: string): void {
    this.#server.exit(this, room)
  }

  emit(name: string, fact: unknown): void {
    this.send(name, fact, JSON.stringify(fact))
  }

  send(name: string, fact: unknown, text: string): void {
    if (this.isOver) return
    this.#server.watchSent(this, name, fact)
    this.wire.down.send(text.length, () => this.#tell(name, text))
  }

  disconnect(): void {
    this.#close(false)
  }

  hear(name: string, ...args: unknown[]): void {
    if (!this.isOver) (this.#any as ((...args: unknown[]) => void) | undefined)?.(name, ...args)
  }

  /** The connection is gone. */
  lost(reason: string): void {
    if (this.isOver) return
    this.isOver = true
    this.#server.forget(this)
    ;(this.#listeners.get('disconnect') as ((reason: string) => void) | undefined)?.(reason)
  }

  #close(isDiscarded: boolean): void {
    if (!this.isOver) this.wire.endFromGateway(isDiscarded)
  }
}

type Middleware = (socket: ServerSocket, next: (error?: Error & { data?: unknown }) => void) => void

/** What the gateway uses of a `Server` of `socket.io`, and its adapter. */
export class SocketServer {
  readonly sockets = new Set<ServerSocket>()
  readonly watchSent: WatchSent
  readonly #rooms = new Map<string, Set<ServerSocket>>()
  readonly #clock: VirtualClock
  readonly #broadcast: (room: string, name: string, fact: unknown) => void
  readonly #use: Middleware[] = []
  #connection: ((socket: ServerSocket) => void) | undefined

  constructor(ports: {
    readonly clock: VirtualClock
    readonly watchSent: WatchSent
    /** To the other gateways. */
    readonly broadcast: (room: string, name: string, fact: unknown) => void
  }) {
    this.#clock = ports.clock
    this.watchSent = ports.watchSent
    this.#broadcast = ports.broadcast
  }

  readonly local = {
    to: (room: string) => ({
      except: (others: readonly string[]) => ({
        emit: (name: string, fact: unknown) => this.emitLocally(room, name, fact, others),
      }),
    }),
  }

  use(middleware: Middleware): void {
    this.#use.push(middleware)
  }

  on(_name: 'connection', listener: (socket: ServerSocket) => void): void {
    this.#connection = listener
  }

  to(room: string) {
    return {
      emit: (name: string, fact: unknown) => {
        this.emitLocally(room, name, fact, [])
        this.#broadcast(room, name, fact)
      },
    }
  }

  emitLocally(room: string, name: string, fact: unknown, except: readonly string[]): void {
    const text = JSON.stringify(fact)
    for (const socket of this.#rooms.get(room) ?? []) {
      if (!except.some((other) => socket.rooms.has(other))) socket.send(name, fact, text)
    }
  }

  enter(socket: ServerSocket, room: string): void {
    socket.rooms.add(room)
    const there = this.#rooms.get(room) ?? new Set()
    this.#rooms.set(room, there.add(socket))
  }

  exit(socket: ServerSocket, room: string): void {
    socket.rooms.delete(room)
    this.#rooms.get(room)?.delete(socket)
  }

  forget(socket: ServerSocket): void {
    this.sockets.delete(socket)
    for (const room of socket.rooms) this.#rooms.get(room)?.delete(socket)
  }

  /** A handshake has arrived. */
  accept(wire: Wire, id: string, auth: unknown, tell: TellClient): ServerSocket {
    const socket = new ServerSocket(this, wire, id, auth, tell)
    wire.attachGateway({ lost: (reason) => socket.lost(reason) })
    const next = (index: number): void => {
      const middleware = this.#use[index]
      if (middleware === undefined) {
        if (socket.isOver) return
        this.sockets.add(socket)
        this.#connection?.(socket)
        return
      }
      middleware(socket, (error) => {
        if (error === undefined) next(index + 1)
        else wire.down.send(0, () => tell('connect_error', JSON.stringify({ data: error.data })))
      })
    }
    this.#clock.after(wire.gateway, 0, () => next(0))
    return socket
  }
}
