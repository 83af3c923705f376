import type { Process } from '../clock/virtual-clock.ts'
import type { SimGateway } from '../gateway/sim-gateway.ts'
import type { Trace } from '../trace.ts'
import { Wire, type Surroundings } from './wire.ts'

export interface SocketOptions {
  readonly auth: Record<string, unknown>
  readonly timeout: number
}

export interface ClientNetwork {
  readonly around: Surroundings
  readonly trace: Trace
  /** As the balancer chooses; `undefined` if nobody is there, or the page has no network. */
  readonly choose: (client: Process) => SimGateway | undefined
  readonly opened: (wire: Wire) => void
}

type Listener = (...args: unknown[]) => void

/** What the SDK uses of a socket of `socket.io-client`. */
export class ClientSocket {
  readonly io = { engine: { transport: { name: 'websocket' } } }
  readonly #network: ClientNetwork
  readonly #options: SocketOptions
  readonly #process: Process
  readonly #listeners = new Map<string, Listener>()
  #wire: Wire | undefined
  #gateway: SimGateway | undefined
  #isOver = false

  constructor(network: ClientNetwork, options: SocketOptions) {
    this.#network = network
    this.#options = options
    this.#process = network.around.clock.current
  }

  on(name: string, listener: Listener): this {
    this.#listeners.set(name, listener)
    return this
  }

  removeAllListeners(): void {
    this.#listeners.clear()
  }

  connect(): void {
    const { around, choose, trace } = this.#network
    const { clock, random, conditions } = around
    const setUpMs = 1 + random() * conditions.linkMs
    const gateway = choose(this.#process)
    if (gateway === undefined) {
      // A network that is not there may say so at once, or never.
      const isSilent = random() < 0.3
      const afterMs = isSilent ? this.#options.timeout : setUpMs
      return void clock.after(this.#process, afterMs, () =>
        this.#fail(new Error(isSilent ? 'timeout' : 'websocket error')),
      )
    }
    const wire = new Wire(around, this.#process, gateway.process)
    this.#wire = wire
    this.#gateway = gateway
    this.#network.opened(wire)
    wire.attachClient({
      lost: (reason) => {
        trace.note(this.#process.name, `lost ${gateway.process.name}: ${reason}`)
        this.#isOver = true
        this.#tell('disconnect', reason)
      },
    })
    wire.up.send(0, () =>
      gateway.accept(wire, this.#options.auth, (...told) => this.#hear(...told)),
    )
  }

  emit(name: string, payload: unknown, ack: Listener): void {
    const wire = this.#wire
    const gateway = this.#gateway
    if (wire === undefined || gateway === undefined || this.#isOver) return
    const text = JSON.stringify(payload)
    wire.up.send(text.length, () => {
      this.#network.trace.note(`${this.#process.name} > ${gateway.process.name}`, `${name} ${text}`)
      gateway.hear(wire, name, JSON.parse(text), (reply) => {
        const answer = JSON.stringify(reply)
        wire.down.send(answer.length, () => {
          if (this.#isOver) return
          const from = `${gateway.process.name} > ${this.#process.name}`
          this.#network.trace.note(from, `${name} ${answer}`)
          ack(JSON.parse(answer))
        })
      })
    })
  }

  disconnect(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#wire?.endFromClient()
  }

  #hear(name: string, text: string): void {
    if (this.#isOver) return
    this.#network.trace.note(
      `${this.#gateway?.process.name} > ${this.#process.name}`,
      `${name} ${text}`,
    )
    if (name === 'connect_error')
      return this.#fail(Object.assign(new Error('refused'), JSON.parse(text)))
    this.#tell(name, JSON.parse(text))
  }

  #fail(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#wire?.endFromClient()
    this.#tell('connect_error', error)
  }

  #tell(name: string, what: unknown): void {
    this.#listeners.get(name)?.(what)
  }
}
