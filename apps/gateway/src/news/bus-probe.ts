import type { Redis } from '@parley/server-kit'

export interface BusProbePorts {
  readonly publisher: Redis
  readonly channel: string
  readonly observe: (seconds: number) => void
  readonly lost: () => void
}

const EVERY_MS = 5_000

/**
 * A word to oneself every few seconds, by the way that news takes: how long it is under way is the lag of the bus, by
 * one clock. It waits behind the news that waits in Redis and in this process, and costs nothing besides.
 */
export class BusProbe {
  readonly #ports: BusProbePorts
  #asked: { readonly word: string; readonly atMs: number } | undefined
  #timer: NodeJS.Timeout | undefined
  #count = 0

  constructor(ports: BusProbePorts) {
    this.#ports = ports
  }

  get channel(): string {
    return this.#ports.channel
  }

  start(): void {
    this.#timer = setInterval(() => this.ask(), EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  ask(): void {
    const { publisher, channel, lost } = this.#ports
    if (this.#asked !== undefined) lost()
    const word = String((this.#count += 1))
    this.#asked = { word, atMs: performance.now() }
    // What was not taken does not come back, and is counted then.
    if (publisher.status === 'ready') publisher.publish(channel, word).catch(() => undefined)
  }

  readonly hear = (word: string): void => {
    // Anything else is an older one that was counted as lost, or somebody else's.
    if (this.#asked?.word !== word) return
    this.#ports.observe((performance.now() - this.#asked.atMs) / 1_000)
    this.#asked = undefined
  }
}
