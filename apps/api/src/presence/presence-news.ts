import { presenceChannel } from '@parley/message-schema'
import type { Logger, Redis } from '@parley/server-kit'

/** Who watches this user asks again whether they may. Lost, it is found within minutes. */
export type AnnounceAudience = (userId: string) => void

export const createAnnounceAudience =
  (publisher: Redis, logger: Logger): AnnounceAudience =>
  (userId) => {
    if (publisher.status !== 'ready') return
    const news = JSON.stringify({ audience: true })
    publisher.publish(presenceChannel(userId), news).catch((error: unknown) => {
      logger.debug({ err: error }, 'could not announce an audience')
    })
  }
