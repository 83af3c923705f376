import { ParleyError, type Message } from '@parley/message-schema'
import { readMessages, type ListMessagesPorts } from './list-messages.ts'

export type GetMessage = (userId: string, roomId: string, seq: number) => Promise<Message>

export function createGetMessage(ports: ListMessagesPorts): GetMessage {
  return async (userId, roomId, seq) => {
    const { visibleFrom } = await ports.allowReading(userId, roomId)
    const [message] = seq < visibleFrom ? [] : await readMessages(ports, userId, roomId, [seq])
    if (message === undefined) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such message.' })
    }
    return message
  }
}
