import { ParleyError, type Message } from '@parley/message-schema'
import type { ListMessagesPorts } from './list-messages.ts'
import { toMessage } from './to-message.ts'

export type GetMessage = (userId: string, roomId: string, seq: number) => Promise<Message>

export function createGetMessage({ allowReading, messages }: ListMessagesPorts): GetMessage {
  return async (userId, roomId, seq) => {
    const { visibleFrom } = await allowReading(userId, roomId)
    const [stored] = seq < visibleFrom ? [] : await messages.read(roomId, [seq])
    if (stored === undefined) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such message.' })
    }
    // The body is as of now: what was edited after the reader was removed is not for them (C8).
    await allowReading(userId, roomId)
    return toMessage(roomId, stored, userId)
  }
}
