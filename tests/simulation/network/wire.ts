import type { Process, VirtualClock } from '../clock/virtual-clock.ts'
import type { Conditions } from './conditions.ts'

export interface Surroundings {
  readonly clock: VirtualClock
  readonly random: () => number
  readonly conditions: Conditions
}

interface Held {
  readonly bytes: number
  readonly arrive: () => void
}

/** One direction of a connection: nothing overtakes anything. */
class Way {
  isStalled = false
  /** It has hung, so that its sender may have kept something back. */
  hasHung = false
  isCut = false
  readonly #around: Surroundings
  readonly #to: Process
  #held: Held[] = []
  #lastAtMs = 0

  constructor(around: Surroundings, to: Process) {
    this.#around = around
    this.#to = to
  }

  get heldBytes(): number {
    let sum = 0
    for (const { bytes } of this.#held) sum += bytes
    return sum
  }

  send(bytes: number, arrive: () => void): void {
    if (this.isCut) return
    if (this.isStalled) this.#held.push({ bytes, arrive })
    else this.#carry(arrive)
  }

  /** TCP sends again what it has: nothing is lost by a connection that hangs for a while. */
  release(): void {
    this.hasHung ||= this.isStalled
    this.isStalled = false
    for (const { arrive } of this.#held.splice(0)) this.#carry(arrive)
  }

  #carry(arrive: () => void): void {
    const { clock, random, conditions } = this.#around
    const atMs = Math.max(this.#lastAtMs, clock.nowMs + 0.2 + random() ** 2 * conditions.linkMs)
    this.#lastAtMs = atMs
    clock.after(this.#to, atMs - clock.nowMs, () => {
      if (!this.isCut) arrive()
    })
  }
}

/** Hears of the end of a connection that it has not ended itself. */
export interface WireEnd {
  readonly lost: (reason: string) => void
}

/** One connection between a page and a gateway. */
export class Wire {
  readonly client: Process
  readonly gateway: Process
  readonly up: Way
  readonly down: Way
  readonly #clock: VirtualClock
  #clientEnd: WireEnd | undefined
  #gatewayEnd: WireEnd | undefined

  constructor(around: Surroundings, client: Process, gateway: Process) {
    this.#clock = around.clock
    this.client = client
    this.gateway = gateway
    this.up = new Way(around, gateway)
    this.down = new Way(around, client)
  }

  attachClient(end: WireEnd): void {
    this.#clientEnd = end
  }

  attachGateway(end: WireEnd): void {
    this.#gatewayEnd = end
  }

  get isOver(): boolean {
    return this.#clientEnd === undefined || this.#gatewayEnd === undefined
  }

  /** The client believes in it, and nothing comes through any more. */
  get isDeadUnheard(): boolean {
    return this.#clientEnd !== undefined && (this.down.isCut || this.#gatewayEnd === undefined)
  }

  /** By the client; the gateway hears of it after what was sent before. */
  endFromClient(): void {
    this.#clientEnd = undefined
    this.up.send(0, () => this.#tellGateway('client namespace disconnect'))
    // What hangs is found dead by the heartbeat.
    if (this.up.isStalled || this.up.isCut) this.#missHeartbeat()
  }

  /** By the gateway: with what waits to be sent, or without. */
  endFromGateway(isDiscarded: boolean): void {
    if (isDiscarded) this.down.isCut = true
    this.down.send(0, () => this.#tellClient('transport close'))
    if (this.down.isStalled || this.down.isCut)
      this.#tellLater(this.client, 1, () => this.#tellClient('ping timeout'))
    this.#tellLater(this.gateway, 0.5, () => this.#tellGateway('forced close'))
  }

  /** What is on its way is lost, and each end hears of it when it does. */
  cut(clientMs: number, gatewayMs: number): void {
    this.up.isCut = true
    this.down.isCut = true
    this.#clock.after(this.client, clientMs, () => this.#tellClient('transport error'))
    this.#clock.after(this.gateway, gatewayMs, () => this.#tellGateway('transport error'))
  }

  #missHeartbeat(): void {
    this.#tellLater(this.gateway, 25_000, () => this.#tellGateway('ping timeout'))
  }

  #tellLater(to: Process, ms: number, tell: () => void): void {
    this.#clock.after(to, ms, tell)
  }

  #tellClient(reason: string): void {
    const end = this.#clientEnd
    this.#clientEnd = undefined
    end?.lost(reason)
  }

  #tellGateway(reason: string): void {
    const end = this.#gatewayEnd
    this.#gatewayEnd = undefined
    end?.lost(reason)
  }
}
