import { DEFAULT_PRIVACY, roomSignsChannel, type RoomSign } from '@parley/message-schema'
import type { Logger, Redis } from '@parley/server-kit'
import type { UserPrefStore } from '../db/users/user-pref-store.ts'

/** Gateways tell the room's other members, if it is small. May be lost. */
export type TellRoomOfRead = (read: {
  readonly roomId: string
  readonly userId: string
  readonly readSeq: number
}) => void

export interface TellRoomOfReadPorts {
  readonly publisher: Redis
  readonly prefs: Pick<UserPrefStore, 'privacyOf'>
  readonly name: string
  readonly logger: Logger
}

export function createTellRoomOfRead(ports: TellRoomOfReadPorts): TellRoomOfRead {
  const { publisher, prefs, name, logger } = ports

  async function tell({ roomId, userId, readSeq }: Parameters<TellRoomOfRead>[0]): Promise<void> {
    if (publisher.status !== 'ready') return
    const { readReceipts } = (await prefs.privacyOf([userId])).get(userId) ?? DEFAULT_PRIVACY
    if (!readReceipts) return
    const sign: RoomSign = { roomId, from: name, read: { userId, readSeq } }
    await publisher.publish(roomSignsChannel(roomId), JSON.stringify(sign))
  }

  return (read) => {
    tell(read).catch((error: unknown) => {
      logger.debug({ err: error }, 'could not tell a room how far somebody has read')
    })
  }
}
