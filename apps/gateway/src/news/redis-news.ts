import { roomNewsChannel, RoomNews, USER_NEWS_CHANNEL, UserNews } from '@parley/message-schema'
import type { Logger, Redis } from '@parley/server-kit'

export interface RedisNewsPorts {
  readonly subscriber: Redis
  readonly onRoomNews: (news: RoomNews) => void
  readonly onUserNews: (userIds: readonly string[]) => void
  /** News of these rooms is heard from now on: what was said before was not. */
  readonly onFollowing: (roomIds: readonly string[]) => void
  /** Subscribed again after an absence: anything may have been missed. */
  readonly onBack: () => void
  readonly logger: Logger
}

/** The first source of the room feeds, and the fastest. It may lose anything at any time. */
export class RedisNews {
  readonly #ports: RedisNewsPorts

  constructor(ports: RedisNewsPorts) {
    this.#ports = ports
    const { subscriber } = ports
    subscriber.on('message', (channel: string, message: string) => this.#read(channel, message))
    subscriber.on('ready', () => ports.onBack())
    this.#subscribe([USER_NEWS_CHANNEL], () => undefined)
  }

  get isAway(): boolean {
    return this.#ports.subscriber.status !== 'ready'
  }

  follow(roomIds: readonly string[]): void {
    this.#subscribe(roomIds.map(roomNewsChannel), () => this.#ports.onFollowing(roomIds))
  }

  unfollow(roomIds: readonly string[]): void {
    const channels = roomIds.map(roomNewsChannel)
    this.#ports.subscriber.unsubscribe(...channels).catch((error: unknown) => {
      this.#ports.logger.debug({ err: error }, 'could not unsubscribe')
    })
  }

  #subscribe(channels: readonly string[], then: () => void): void {
    this.#ports.subscriber.subscribe(...channels).then(then, (error: unknown) => {
      // Reconciliation does the work meanwhile; ioredis subscribes when Redis is back.
      this.#ports.logger.debug({ err: error }, 'could not subscribe')
    })
  }

  /** A message that cannot be read must not take the gateway down: listeners' throws are nobody's. */
  #read(channel: string, message: string): void {
    try {
      const news: unknown = JSON.parse(message)
      if (channel === USER_NEWS_CHANNEL) this.#ports.onUserNews(UserNews.parse(news).userIds)
      else {
        const parsed = RoomNews.parse(news)
        if (channel === roomNewsChannel(parsed.roomId)) this.#ports.onRoomNews(parsed)
      }
    } catch (error) {
      this.#ports.logger.warn({ err: error, channel }, 'news that cannot be read')
    }
  }
}
