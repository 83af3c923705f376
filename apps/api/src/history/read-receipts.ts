import { LIMITS } from '@parley/message-schema'
import type { ReadStateStore } from '../db/messages/read-state-store.ts'
import type { GetMessage } from './get-message.ts'
import type { AllowReading } from './reader-access.ts'

export interface ReadReceiptsPorts {
  readonly allowReading: AllowReading
  readonly getMessage: GetMessage
  readonly reads: ReadStateStore
}

export interface RoomReceipts {
  readonly mode: 'people' | 'counts'
  readonly data: { userId: string; readSeq: number }[]
}

export interface MessageReceipts {
  readonly readCount: number
  /** There are more than were counted. */
  readonly isMore: boolean
  readonly userIds?: string[]
}

/** Beyond it nobody needs the number, and counting it would cost what the room is large. */
const COUNTED = 1_000

export function createReadReceipts({ allowReading, getMessage, reads }: ReadReceiptsPorts) {
  const isSmall = async (roomId: string): Promise<boolean> =>
    (await reads.memberCount(roomId)) <= LIMITS.receiptMembers

  return {
    async ofRoom(userId: string, roomId: string): Promise<RoomReceipts> {
      await allowReading(userId, roomId)
      if (!(await isSmall(roomId))) return { mode: 'counts', data: [] }
      return { mode: 'people', data: await reads.cursors(roomId) }
    },

    async ofMessage(userId: string, roomId: string, seq: number): Promise<MessageReceipts> {
      const { sender } = await getMessage(userId, roomId, seq)
      if (await isSmall(roomId)) {
        const cursors = await reads.cursors(roomId)
        const readers = cursors.filter((one) => one.readSeq >= seq && one.userId !== sender.id)
        const userIds = readers.map((one) => one.userId)
        return { readCount: userIds.length, isMore: false, userIds }
      }
      const counted = await reads.countReaders(roomId, seq, sender.id, COUNTED + 1)
      return { readCount: Math.min(counted, COUNTED), isMore: counted > COUNTED }
    },
  }
}

export type ReadReceipts = ReturnType<typeof createReadReceipts>
