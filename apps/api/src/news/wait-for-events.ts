import { roomNewsChannel } from '@parley/message-schema'
import type { Logger, Redis } from '@parley/server-kit'

/** Resolves when a room's head is beyond its number, when time is up, or when nobody listens. */
export type WaitForEvents = (
  rooms: ReadonlyMap<string, number>,
  waitMs: number,
  signal: AbortSignal,
) => Promise<void>

export interface WaitPorts {
  readonly subscriber: Redis
  readonly readHeads: (roomIds: readonly string[]) => Promise<ReadonlyMap<string, number>>
  readonly logger: Logger
}

interface Waiter {
  readonly rooms: ReadonlyMap<string, number>
  readonly wake: () => void
}

/** What Redis lost is found by looking: the bound of a long poll's delay while Redis is away. */
const LOOK_EVERY_MS = 1_000

/** For long polling: woken by news, and by a look at all awaited heads each second. */
export class EventWaiters {
  readonly #ports: WaitPorts
  readonly #byRoom = new Map<string, Set<Waiter>>()
  #looking: NodeJS.Timeout | undefined

  constructor(ports: WaitPorts) {
    this.#ports = ports
    ports.subscriber.on('message', (channel: string, message: string) => {
      this.#onNews(channel, message)
    })
  }

  readonly wait: WaitForEvents = async (rooms, waitMs, signal) => {
    if (rooms.size === 0 || signal.aborted) return
    const { promise, resolve } = newPromise()
    const waiter: Waiter = { rooms, wake: resolve }
    const timer = setTimeout(resolve, waitMs)
    signal.addEventListener('abort', resolve, { once: true })
    this.#add(waiter)
    try {
      // Committed between the caller's look and now: nobody will announce it again. A database that
      // does not answer holds nobody beyond their time.
      void this.#look([...rooms.keys()])
      await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', resolve)
      this.#remove(waiter)
    }
  }

  /** The rooms' heads have moved. */
  moved(heads: Iterable<readonly [string, number]>): void {
    for (const [roomId, head] of heads) {
      for (const waiter of this.#byRoom.get(roomId) ?? []) {
        if (head > (waiter.rooms.get(roomId) ?? Infinity)) waiter.wake()
      }
    }
  }

  close(): void {
    clearTimeout(this.#looking)
    for (const waiters of this.#byRoom.values()) for (const { wake } of waiters) wake()
  }

  #add(waiter: Waiter): void {
    const fresh: string[] = []
    for (const roomId of waiter.rooms.keys()) {
      const waiters = this.#byRoom.get(roomId)
      if (waiters === undefined) {
        this.#byRoom.set(roomId, new Set([waiter]))
        fresh.push(roomNewsChannel(roomId))
      } else {
        waiters.add(waiter)
      }
    }
    if (fresh.length > 0) this.#subscription('subscribe', fresh)
    this.#looking ??= setTimeout(() => this.#lookAtAll(), LOOK_EVERY_MS)
  }

  #remove(waiter: Waiter): void {
    const stale: string[] = []
    for (const roomId of waiter.rooms.keys()) {
      const waiters = this.#byRoom.get(roomId)
      waiters?.delete(waiter)
      if (waiters?.size === 0) {
        this.#byRoom.delete(roomId)
        stale.push(roomNewsChannel(roomId))
      }
    }
    if (stale.length > 0) this.#subscription('unsubscribe', stale)
  }

  #subscription(change: 'subscribe' | 'unsubscribe', channels: string[]): void {
    const { subscriber, logger } = this.#ports
    // While Redis is away the look at the heads does the work; ioredis subscribes when it is back.
    subscriber[change](...channels).catch((error: unknown) => {
      logger.debug({ err: error }, `could not ${change}`)
    })
  }

  #onNews(channel: string, message: string): void {
    try {
      const { roomId, events } = JSON.parse(message) as {
        roomId: string
        events: { seq: number }[]
      }
      this.moved([[roomId, events.at(-1)?.seq ?? 0]])
    } catch (error) {
      this.#ports.logger.warn({ err: error, channel }, 'news that cannot be read')
    }
  }

  #lookAtAll(): void {
    void this.#look([...this.#byRoom.keys()]).finally(() => {
      this.#looking =
        this.#byRoom.size > 0 ? setTimeout(() => this.#lookAtAll(), LOOK_EVERY_MS) : undefined
    })
  }

  async #look(roomIds: readonly string[]): Promise<void> {
    try {
      this.moved(await this.#ports.readHeads(roomIds))
    } catch (error) {
      this.#ports.logger.debug({ err: error }, 'could not look at the heads')
    }
  }
}

function newPromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => {
    resolve = () => settle()
  })
  return { promise, resolve }
}
