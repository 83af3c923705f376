import { roomNewsChannel, USER_NEWS_CHANNEL, type RoomNews } from '@parley/message-schema'
import type { FailPoints, Logger, Redis } from '@parley/server-kit'
import { Counter, type Registry } from '@parley/server-kit'
import type { LogTraces } from '../tracing/trace-log.ts'

export interface Announcements {
  /** Tells the gateways what was committed. At most once: who misses it repairs by `seq`. */
  readonly announce: (news: readonly RoomNews[], changedUsers: readonly string[]) => void
}

export interface AnnouncementPorts {
  readonly publisher: Redis
  readonly logger: Logger
  readonly failPoints: FailPoints
  readonly metrics: Registry
  readonly traces?: Pick<LogTraces, 'publishing'> | undefined
}

export function createAnnouncements(ports: AnnouncementPorts): Announcements {
  const { publisher, logger, failPoints } = ports
  const lost = new Counter({
    name: 'parley_news_lost_total',
    help: 'Announcements that Redis did not take; gateways repair them from the log.',
    registers: [ports.metrics],
  })
  const announced = new Counter({
    name: 'parley_news_total',
    help: 'Announcements of what was committed, to rooms and users.',
    registers: [ports.metrics],
  })

  async function publish(messages: readonly (readonly [string, unknown])[]): Promise<void> {
    if (publisher.status !== 'ready' || failPoints.hit('lose-news')) {
      lost.inc(messages.length)
      return
    }
    const pipeline = publisher.pipeline()
    for (const [channel, message] of messages) pipeline.publish(channel, JSON.stringify(message))
    const answers = await pipeline.exec()
    const failed = (answers ?? []).filter(([error]) => error !== null).length
    if (failed > 0) lost.inc(failed)
  }

  return {
    announce(news, changedUsers) {
      const messages: [string, unknown][] = news.map((one) => [roomNewsChannel(one.roomId), one])
      if (changedUsers.length > 0) messages.push([USER_NEWS_CHANNEL, { userIds: changedUsers }])
      if (messages.length === 0) return
      announced.inc(messages.length)
      const span = ports.traces?.publishing(news)
      publish(messages)
        .catch((error: unknown) => {
          lost.inc(messages.length)
          logger.debug({ err: error }, 'news was not announced')
        })
        .finally(() => span?.end())
    },
  }
}
