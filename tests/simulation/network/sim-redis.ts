import type { Process } from '../clock/virtual-clock.ts'
import type { Redis } from '../product.ts'
import type { Surroundings } from './wire.ts'

type Listener = (...args: never[]) => void

/** What a gateway uses of its subscribing connection. */
export class SimSubscriber {
  status: 'ready' | 'reconnecting' = 'ready'
  /** As Redis has it. */
  readonly channels = new Set<string>()
  readonly process: Process
  readonly #around: Surroundings
  readonly #wanted = new Set<string>()
  readonly #listeners = new Map<string, Listener>()
  #waiting: (() => void)[] = []

  constructor(around: Surroundings, process: Process) {
    this.#around = around
    this.process = process
  }

  get asRedis(): Redis {
    return this as unknown as Redis
  }

  on(name: string, listener: Listener): this {
    this.#listeners.set(name, listener)
    return this
  }

  async subscribe(...channels: string[]): Promise<void> {
    for (const channel of channels) this.#wanted.add(channel)
    while (this.status !== 'ready') {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    await this.#around.clock.sleep(this.#way())
    if (this.status === 'ready') for (const channel of channels) this.channels.add(channel)
    await this.#around.clock.sleep(this.#way())
  }

  async unsubscribe(...channels: string[]): Promise<void> {
    for (const channel of channels) {
      this.#wanted.delete(channel)
      this.channels.delete(channel)
    }
  }

  hear(channel: string, message: string): void {
    if (!this.channels.has(channel)) return
    ;(this.#listeners.get('message') as ((...args: string[]) => void) | undefined)?.(
      channel,
      message,
    )
  }

  lose(): void {
    this.status = 'reconnecting'
    this.channels.clear()
    // As its own process: what follows from it ends with that.
    this.#around.clock.after(this.process, 0, () => {
      ;(this.#listeners.get('close') as (() => void) | undefined)?.()
    })
  }

  /** Subscribed again a moment after it is told that Redis is back. */
  comeBack(): void {
    if (this.status === 'ready') return
    this.status = 'ready'
    this.#around.clock.after(this.process, this.#way(), () => {
      if (this.status === 'ready') for (const channel of this.#wanted) this.channels.add(channel)
    })
    for (const resolve of this.#waiting.splice(0)) resolve()
    ;(this.#listeners.get('ready') as (() => void) | undefined)?.()
  }

  #way(): number {
    return this.#around.random() * this.#around.conditions.innerMs
  }
}

/** Redis as news see it: it forgets, delays, doubles and mixes, and is away at times. */
export class SimRedis {
  readonly subscribers = new Set<SimSubscriber>()
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  connect(process: Process): SimSubscriber {
    const subscriber = new SimSubscriber(this.#around, process)
    if (this.#around.conditions.isRedisAway) subscriber.lose()
    this.subscribers.add(subscriber)
    return subscriber
  }

  publish(channel: string, message: string): void {
    this.tellEach(
      (subscriber) => subscriber.channels.has(channel),
      (subscriber) => subscriber.hear(channel, message),
    )
  }

  tellEach(isFor: (one: SimSubscriber) => boolean, tell: (one: SimSubscriber) => void): void {
    const { clock, random, conditions } = this.#around
    if (conditions.isRedisAway) return
    for (const subscriber of this.subscribers) {
      if (subscriber.process.isDead) this.subscribers.delete(subscriber)
      if (subscriber.status !== 'ready' || !isFor(subscriber)) continue
      const { lost, doubled, delayMs } = conditions.news
      if (random() < lost) continue
      const times = random() < doubled ? 2 : 1
      for (let n = 0; n < times; n += 1) {
        clock.after(subscriber.process, 0.1 + random() ** 2 * delayMs, () => tell(subscriber))
      }
    }
  }

  goAway(): void {
    this.#around.conditions.isRedisAway = true
    for (const subscriber of this.subscribers) subscriber.lose()
  }

  comeBack(): void {
    const { clock, random, conditions } = this.#around
    conditions.isRedisAway = false
    for (const subscriber of this.subscribers) {
      clock.after(subscriber.process, random() * 500, () => {
        if (!conditions.isRedisAway) subscriber.comeBack()
      })
    }
  }
}
