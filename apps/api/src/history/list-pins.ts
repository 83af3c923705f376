import type { Message } from '@parley/message-schema'
import type { MessageMarksStore } from '../db/messages/message-marks-store.ts'
import { readMessages, type ListMessagesPorts } from './list-messages.ts'

export type ListPins = (userId: string, roomId: string) => Promise<Message[]>

export interface ListPinsPorts extends ListMessagesPorts {
  readonly pins: MessageMarksStore['pins']
}

/** All at once: a room has a bounded number of them. The latest pinned first. */
export function createListPins(ports: ListPinsPorts): ListPins {
  return async (userId, roomId) => {
    const { visibleFrom } = await ports.allowReading(userId, roomId)
    const order = await ports.pins(roomId, visibleFrom)
    const messages = await readMessages(ports, userId, roomId, order)
    return messages.toSorted((one, other) => order.indexOf(one.seq) - order.indexOf(other.seq))
  }
}
