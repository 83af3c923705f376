import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { ChangeSignal } from './change-signal.ts'
import { Connection } from './connection.ts'
import { viewOf, type Toxic } from './toxic.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface ProxyOptions {
  /** `from>to`, as `g1>redis`. */
  readonly name: string
  readonly target: Address
  /** Decides jitter, slices, and which connections a toxic of some befalls. */
  readonly random: () => number
}

export interface TcpProxy {
  readonly name: string
  /** On 127.0.0.1; the same for all of its life. */
  readonly port: number
  /** From now on, for connections that are there too. Answers how to take it away again. */
  readonly add: (toxic: Toxic) => Promise<() => Promise<void>>
  readonly toxics: () => Toxic[]
  /** Takes all toxics away. */
  readonly clear: () => Promise<void>
  readonly connections: () => number
  /** What arrived and was not passed on yet; bounded for each connection. */
  readonly bufferedBytes: () => number
  readonly close: () => Promise<void>
}

/** Below the ports that systems give to outgoing connections, so that nobody takes one that is down. */
const PORTS = { first: 12_000, last: 31_999 }
const PORT_ATTEMPTS = 200
/** In a black hole those that wait pile up. */
const MOST_CONNECTIONS = 10_000

/** A way from a port of ours to a target, on which everything can go wrong that can with TCP. */
export async function startTcpProxy(options: ProxyOptions): Promise<TcpProxy> {
  const proxy = new ListeningProxy(options)
  await proxy.open()
  return {
    name: options.name,
    port: proxy.port,
    toxics: () => [...proxy.toxics],
    connections: () => proxy.connections.size,
    bufferedBytes: () =>
      [...proxy.connections].reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0),
    add: async (toxic) => {
      // Its own object, so that two that are alike can be told apart.
      const added = { ...toxic }
      proxy.toxics.add(added)
      await proxy.reconsider()
      return async () => {
        proxy.toxics.delete(added)
        await proxy.reconsider()
      }
    },
    clear: async () => {
      proxy.toxics.clear()
      await proxy.reconsider()
    },
    close: () => proxy.close(),
  }
}

class ListeningProxy {
  readonly toxics = new Set<Toxic>()
  readonly connections = new Set<Connection>()
  readonly #options: ProxyOptions
  readonly #changed = new ChangeSignal()
  /** Accepted, and not connected with the target yet. */
  readonly #waiting = new Set<Socket>()
  #server: Server | undefined
  #port = 0
  #isClosed = false
  /** Ports open and close one after the other. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: ProxyOptions) {
    this.#options = options
  }

  get port(): number {
    return this.#port
  }

  async open(): Promise<void> {
    for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
      // Not of the seed: which ports are free is not either.
      const port = PORTS.first + Math.floor(Math.random() * (PORTS.last - PORTS.first))
      if (await this.#listen(port)) return
    }
    throw new Error(`No port is free for the way ${this.#options.name}.`)
  }

  reconsider(): Promise<void> {
    // What went wrong at one turn was told to whoever asked for it.
    this.#turn = this.#turn.catch(() => undefined).then(() => this.#apply())
    return this.#turn
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.toxics.clear()
    await this.reconsider()
  }

  async #apply(): Promise<void> {
    const isDown = this.#isClosed || [...this.toxics].some(({ type }) => type === 'down')
    if (isDown) await this.#shut()
    else if (this.#server === undefined && !(await this.#listen(this.#port)))
      throw new Error(
        `Somebody took port ${this.#port} of ${this.#options.name} while it was down.`,
      )
    for (const connection of this.connections) connection.reconsider()
    this.#changed.notify()
  }

  async #listen(port: number): Promise<boolean> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true })
    server.maxConnections = MOST_CONNECTIONS
    server.on('connection', (client) => void this.#accept(client))
    try {
      server.listen({ port, host: '127.0.0.1' })
      await once(server, 'listening')
    } catch {
      return false
    }
    this.#server = server
    this.#port = port
    return true
  }

  async #shut(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    for (const client of this.#waiting) client.resetAndDestroy()
    for (const connection of this.connections) connection.destroy()
    if (server === undefined) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }

  async #accept(client: Socket): Promise<void> {
    const { target, random } = this.#options
    const luck = random()
    // Whoever breaks off while it waits is of no interest; later the pipes listen too.
    client.on('error', () => undefined)
    this.#waiting.add(client)
    client.once('close', () => this.#waiting.delete(client))
    // No connection is made while packets of one direction are lost: a handshake needs both.
    while (!client.destroyed && this.#isBlackHole(luck)) await this.#changed.wait()
    if (client.destroyed) return
    const socket = connect({ ...target, allowHalfOpen: true, noDelay: true })
    socket.on('error', () => undefined)
    client.once('close', () => {
      if (socket.connecting) socket.destroy()
    })
    try {
      await once(socket, 'connect')
    } catch {
      client.resetAndDestroy()
      return
    }
    this.#waiting.delete(client)
    if (client.destroyed || this.#server === undefined) {
      client.destroy()
      socket.destroy()
      return
    }
    this.connections.add(this.#connected(client, socket, luck))
  }

  #connected(client: Socket, target: Socket, luck: number): Connection {
    const connection = new Connection({
      client,
      target,
      luck,
      toxics: this.toxics,
      random: this.#options.random,
      onClosed: () => this.connections.delete(connection),
    })
    return connection
  }

  #isBlackHole(luck: number): boolean {
    return (['upstream', 'downstream'] as const).some(
      (direction) => viewOf(this.toxics, direction, luck).find('timeout') !== undefined,
    )
  }
}
