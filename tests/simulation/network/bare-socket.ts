import { ClientSocket, type ClientNetwork } from './client-socket.ts'

export interface BareSocketOptions {
  readonly auth: (give: (auth: Record<string, unknown>) => void) => void
  readonly timeout: number
  readonly reconnectionDelay: number
  readonly reconnectionDelayMax: number
}

type Listener = (...args: unknown[]) => void
type Answer = (error: Error | null, reply?: unknown) => void

/** Ends of a connection by the peer after which `socket.io-client` stays away. */
const SENT_AWAY = 'io server disconnect'

/** What a bare client uses of a socket of `socket.io-client`: it connects again by itself. */
export class BareSocket {
  connected = false
  readonly #network: ClientNetwork
  readonly #options: BareSocketOptions
  readonly #listeners = new Map<string, Listener>()
  readonly #waiting = new Set<Answer>()
  #connection: ClientSocket | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #attempts = 0

  constructor(network: ClientNetwork, options: BareSocketOptions) {
    this.#network = network
    this.#options = options
  }

  /** Connected, or about to be. */
  get active(): boolean {
    return this.#connection !== undefined || this.#again !== undefined
  }

  on(name: string, listener: Listener): this {
    this.#listeners.set(name, listener)
    return this
  }

  connect(): this {
    if (this.#connection !== undefined) return this
    clearTimeout(this.#again)
    this.#again = undefined
    this.#options.auth((auth) => {
      if (this.#connection === undefined) this.#open(auth)
    })
    return this
  }

  disconnect(): this {
    clearTimeout(this.#again)
    this.#again = undefined
    const connection = this.#connection
    if (connection === undefined) return this
    connection.disconnect()
    this.#close('io client disconnect')
    return this
  }

  timeout(ms: number) {
    return {
      emit: (name: string, payload: unknown, answer: Answer): void =>
        this.#ask(name, payload, ms, answer),
      emitWithAck: (name: string, payload: unknown): Promise<unknown> =>
        new Promise((resolve, reject) => {
          this.#ask(name, payload, ms, (error, reply) =>
            error === null ? resolve(reply) : reject(error),
          )
        }),
    }
  }

  #ask(name: string, payload: unknown, ms: number, answer: Answer): void {
    const once: Answer = (error, reply) => {
      if (!this.#waiting.delete(once)) return
      clearTimeout(timer)
      answer(error, reply)
    }
    const timer = setTimeout(() => once(new Error('operation has timed out')), ms)
    this.#waiting.add(once)
    this.#connection?.emit(name, payload, (reply) => once(null, reply))
  }

  #open(auth: Record<string, unknown>): void {
    const connection = new ClientSocket(this.#network, { auth, timeout: this.#options.timeout })
    this.#connection = connection
    const late = setTimeout(() => {
      connection.disconnect()
      this.#fail(connection, new Error('timeout'))
    }, this.#options.timeout)
    for (const [name, listener] of this.#listeners) {
      connection.on(name, (what) => {
        if (this.#connection !== connection) return
        clearTimeout(late)
        this.connected = true
        this.#attempts = 0
        listener(what)
      })
    }
    connection.on('disconnect', (reason) => {
      clearTimeout(late)
      if (this.#connection === connection) this.#close(String(reason))
    })
    connection.on('connect_error', (error) => {
      clearTimeout(late)
      this.#fail(connection, error as Error)
    })
    connection.connect()
  }

  #fail(connection: ClientSocket, error: Error): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    // Refused by the server: only the caller comes again.
    if (!('data' in error)) this.#connectLater()
    this.#listeners.get('connect_error')?.(error)
  }

  #close(reason: string): void {
    this.#connection = undefined
    this.connected = false
    for (const answer of this.#waiting) answer(new Error('socket has been disconnected'))
    if (reason !== SENT_AWAY && reason !== 'io client disconnect') this.#connectLater()
    this.#listeners.get('disconnect')?.(reason)
  }

  #connectLater(): void {
    const { reconnectionDelay, reconnectionDelayMax } = this.#options
    const ms = Math.min(reconnectionDelayMax, reconnectionDelay * 2 ** this.#attempts)
    this.#attempts += 1
    this.#again = setTimeout(() => {
      this.#again = undefined
      this.connect()
    }, ms)
  }
}
