import type { MessageMarksStore } from '../db/messages/message-marks-store.ts'
import type { GetMessage } from './get-message.ts'
import { readWindow, type ListMessagesPorts, type MessagesPage } from './list-messages.ts'

export interface RepliesQuery {
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly limit: number
}

export interface ListRepliesPorts extends ListMessagesPorts {
  readonly getMessage: GetMessage
  readonly replies: Pick<MessageMarksStore, 'repliesBelow' | 'repliesAbove'>
}

export type ListReplies = (
  userId: string,
  roomId: string,
  threadSeq: number,
  query: RepliesQuery,
) => Promise<MessagesPage>

/** A thread is read like a room, both ways by `seq`. */
export function createListReplies(ports: ListRepliesPorts): ListReplies {
  const { allowReading, getMessage, replies } = ports
  return async (userId, roomId, threadSeq, { before, after, limit }) => {
    const { head } = await allowReading(userId, roomId)
    await getMessage(userId, roomId, threadSeq)
    const isForward = after !== undefined
    const below = (seq: number, count: number) =>
      replies.repliesBelow(roomId, threadSeq, Math.min(seq, head + 1), count)
    const above = (seq: number, count: number) =>
      replies.repliesAbove(roomId, threadSeq, seq, count)
    const [near, far] = isForward
      ? await Promise.all([above(after, limit + 1), below(after + 1, 1)])
      : await Promise.all([
          below(before ?? head + 1, limit + 1),
          before === undefined ? [] : above(before - 1, 1),
        ])
    const seqs = near.slice(0, limit).toSorted((one, other) => one - other)
    const window = {
      seqs,
      hasMoreBefore: isForward ? far.length > 0 : near.length > limit,
      hasMoreAfter: isForward ? near.length > limit : far.length > 0,
    }
    return { ...(await readWindow(ports, userId, roomId, window, { before, after })), head }
  }
}
