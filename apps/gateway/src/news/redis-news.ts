import {
  roomNewsChannel,
  RoomSign,
  roomSignsChannel,
  USER_NEWS_CHANNEL,
  UserNews,
  type RoomNews,
} from '@parley/message-schema'
import type { Logger, Redis } from '@parley/server-kit'
import type { BusProbe } from './bus-probe.ts'

export interface RedisNewsPorts {
  readonly subscriber: Redis
  readonly onRoomNews: (news: RoomNews) => void
  /** Typing and reading: outside the log. */
  readonly onRoomSign: (sign: RoomSign) => void
  readonly onUserNews: (userIds: readonly string[]) => void
  /** News of these rooms is heard from now on: what was said before was not. */
  readonly onFollowing: (roomIds: readonly string[]) => void
  /** Redis is gone: nothing is heard until `onBack`. May be told more than once. */
  readonly onAway: () => void
  /** Subscribed again after an absence: anything may have been missed. */
  readonly onBack: () => void
  /** Every message that came, before it is read. */
  readonly heard?: () => void
  readonly probe?: BusProbe
  readonly logger: Logger
}

/** So much that nothing here throws at it, half way through a room's feed or on the way to its sockets. */
function isEvent(event: unknown, seq: number): boolean {
  const { seq: said, type, ts, actor, data } = (event ?? {}) as Partial<Record<string, unknown>>
  if (said !== seq || typeof type !== 'string') return false
  if (typeof ts !== 'string' || Number.isNaN(Date.parse(ts))) return false
  if (typeof (actor as { id?: unknown } | undefined)?.id !== 'string') return false
  if (typeof data !== 'object' || data === null) return false
  const { text, userId } = data as { text?: unknown; userId?: unknown }
  return (
    (text === undefined || typeof text === 'string') &&
    (!type.startsWith('member:') || typeof userId === 'string')
  )
}

/**
 * Whether it can be offered to the room's feed: contiguous, and of the room of its channel. The
 * events themselves were made by the API; parsing each again on every gateway is not worth its cost.
 */
function isRoomNews(news: unknown, channel: string): news is RoomNews {
  const { roomId, fromSeq, memberVersion, events } = (news ?? {}) as Partial<RoomNews>
  return (
    typeof roomId === 'string' &&
    channel === roomNewsChannel(roomId) &&
    Number.isSafeInteger(fromSeq) &&
    Number.isSafeInteger(memberVersion) &&
    Array.isArray(events) &&
    events.every((event, index) => isEvent(event, (fromSeq ?? 0) + index))
  )
}

const SIGNS = roomSignsChannel('')
const channelsOf = (roomId: string): string[] => [roomNewsChannel(roomId), roomSignsChannel(roomId)]

/** Of two channels each. More arguments than a stack holds cannot be passed, and others wait while Redis takes them. */
const ROOMS_AT_ONCE = 500
function* pieces(roomIds: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < roomIds.length; at += ROOMS_AT_ONCE) {
    yield roomIds.slice(at, at + ROOMS_AT_ONCE)
  }
}

/** The first source of the room feeds, and the fastest. It may lose anything at any time. */
export class RedisNews {
  readonly #ports: RedisNewsPorts

  constructor(ports: RedisNewsPorts) {
    this.#ports = ports
    const { subscriber } = ports
    subscriber.on('message', (channel: string, message: string) => this.#read(channel, message))
    subscriber.on('ready', () => ports.onBack())
    subscriber.on('close', () => ports.onAway())
    const own = ports.probe === undefined ? [] : [ports.probe.channel]
    this.#subscribe([USER_NEWS_CHANNEL, ...own], () => undefined)
  }

  get isAway(): boolean {
    return this.#ports.subscriber.status !== 'ready'
  }

  follow(roomIds: readonly string[]): void {
    for (const some of pieces(roomIds)) {
      this.#subscribe(some.flatMap(channelsOf), () => this.#ports.onFollowing(some))
    }
  }

  unfollow(roomIds: readonly string[]): void {
    for (const some of pieces(roomIds)) {
      this.#ports.subscriber.unsubscribe(...some.flatMap(channelsOf)).catch((error: unknown) => {
        this.#ports.logger.debug({ err: error }, 'could not unsubscribe')
      })
    }
  }

  #subscribe(channels: readonly string[], then: () => void): void {
    // While Redis is away it waits, and what is not answered is asked again. It fails once the connection is ended.
    this.#ports.subscriber.subscribe(...channels).then(then, (error: unknown) => {
      this.#ports.logger.debug({ err: error }, 'could not subscribe')
    })
  }

  #readSign(channel: string, news: unknown): void {
    const sign = RoomSign.parse(news)
    if (channel === roomSignsChannel(sign.roomId)) this.#ports.onRoomSign(sign)
  }

  /** A message that cannot be read must not take the gateway down: listeners' throws are nobody's. */
  #read(channel: string, message: string): void {
    const { probe } = this.#ports
    if (channel === probe?.channel) {
      probe.hear(message)
      return
    }
    this.#ports.heard?.()
    try {
      const news: unknown = JSON.parse(message)
      if (channel === USER_NEWS_CHANNEL) this.#ports.onUserNews(UserNews.parse(news).userIds)
      else if (channel.startsWith(SIGNS)) this.#readSign(channel, news)
      else {
        if (!isRoomNews(news, channel)) throw new Error('Not news of this room.')
        this.#ports.onRoomNews(news)
      }
    } catch (error) {
      this.#ports.logger.warn({ err: error, channel }, 'news that cannot be read')
    }
  }
}
