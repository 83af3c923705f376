import {
  PRESENCE_ALL_CHANNEL,
  PRESENCE_HASHES,
  presenceChannel,
  readEntry,
  type PresenceEntry,
} from '@parley/message-schema'
import { readLeased, type Counter, type Logger, type Redis } from '@parley/server-kit'
import type { PresenceChange } from './here-users.ts'

export interface PresenceHint {
  readonly userId: string
  /** One of their gateways has seen them leave. */
  readonly seenAtMs: number | undefined
  /** It is about who may watch them. */
  readonly isAboutAudience: boolean
}

export interface RedisPresencePorts {
  readonly publisher: Redis
  readonly subscriber: Redis
  readonly onHint: (hint: PresenceHint) => void
  readonly onHintOfAll: () => void
  /** What was said of these users before was not heard. */
  readonly onFollowing: (userIds: readonly string[]) => void
  readonly onBack: () => void
  readonly published: Pick<Counter, 'inc'>
  readonly logger: Logger
}

const OF_USER = presenceChannel('')
const AT_ONCE = 1_000

/** Hints from gateway to gateway, one channel a user: only those who watch a user hear of them. */
export class RedisPresence {
  readonly #ports: RedisPresencePorts

  constructor(ports: RedisPresencePorts) {
    this.#ports = ports
    const { subscriber } = ports
    subscriber.on('message', (channel: string, message: string) => this.#hear(channel, message))
    subscriber.on('ready', () => ports.onBack())
    this.#subscribe([PRESENCE_ALL_CHANNEL], () => undefined)
  }

  follow(userIds: readonly string[]): void {
    this.#subscribe(userIds.map(presenceChannel), () => this.#ports.onFollowing(userIds))
  }

  unfollow(userIds: readonly string[]): void {
    this.#ports.subscriber
      .unsubscribe(...userIds.map(presenceChannel))
      .catch((error: unknown) => this.#failed(error))
  }

  /** What living gateways say. Rejects while Redis is away. */
  async read(userIds: readonly string[]): Promise<Map<string, PresenceEntry[]>> {
    const said = await readLeased(this.#ports.publisher, PRESENCE_HASHES, userIds)
    return new Map(
      Array.from(said, ([userId, written]) => [
        userId,
        written.flatMap((text) => readEntry(text) ?? []),
      ]),
    )
  }

  tell(changes: ReadonlyMap<string, PresenceChange>): void {
    const told = [...changes].filter(([, { tell }]) => tell)
    for (let from = 0; from < told.length; from += AT_ONCE) {
      const pipeline = this.#ports.publisher.pipeline()
      for (const [userId, { seenAtMs }] of told.slice(from, from + AT_ONCE)) {
        pipeline.publish(presenceChannel(userId), JSON.stringify({ seenAtMs }))
      }
      this.#ports.published.inc(pipeline.length)
      pipeline.exec().catch((error: unknown) => this.#failed(error))
    }
  }

  tellAll(): void {
    this.#ports.published.inc()
    this.#ports.publisher
      .publish(PRESENCE_ALL_CHANNEL, '{}')
      .catch((error: unknown) => this.#failed(error))
  }

  #subscribe(channels: readonly string[], then: () => void): void {
    // While Redis is away it waits; ioredis subscribes when it is back.
    this.#ports.subscriber
      .subscribe(...channels)
      .then(then, (error: unknown) => this.#failed(error))
  }

  #failed(error: unknown): void {
    this.#ports.logger.debug({ err: error }, 'presence cannot be told or heard')
  }

  #hear(channel: string, message: string): void {
    if (channel === PRESENCE_ALL_CHANNEL) {
      this.#ports.onHintOfAll()
      return
    }
    if (!channel.startsWith(OF_USER)) return
    try {
      const hint = JSON.parse(message) as { seenAtMs?: unknown; audience?: unknown }
      this.#ports.onHint({
        userId: channel.slice(OF_USER.length),
        seenAtMs: typeof hint.seenAtMs === 'number' ? hint.seenAtMs : undefined,
        isAboutAudience: hint.audience === true,
      })
    } catch (error) {
      this.#ports.logger.warn({ err: error, channel }, 'a hint that cannot be read')
    }
  }
}
