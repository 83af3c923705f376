import type { MessageDraft, SentMessage } from '@parley/client'
import { useCallback } from 'react'
import { useChat } from './chat-context.ts'

export type Send = (draft: MessageDraft | string) => SentMessage

/**
 * Sends to a room, or to one of its threads: shown at once as `pending`. A refusal is in the timeline
 * (`state.name` is `failed`), so `stored` need not be looked at. The same function while the place is
 * the same.
 */
export function useSend(roomId: string, threadId?: number): Send {
  const { messages } = useChat().rooms.get(roomId)
  return useCallback(
    (draft) => {
      const sent =
        threadId === undefined ? messages.send(draft) : messages.thread(threadId).send(draft)
      // Whoever does not look at `stored` is told by the timeline, not by an unhandled rejection.
      sent.stored.catch(() => undefined)
      return sent
    },
    [messages, threadId],
  )
}
