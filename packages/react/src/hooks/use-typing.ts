import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useChat } from './chat-context.ts'
import { useStore } from './use-store.ts'

export interface UsedTyping {
  /** Who is writing, without me. */
  readonly userIds: readonly string[]
  /** How many write beside those. */
  readonly others: number
  /** Call it with every key. */
  readonly keystroke: () => void
  /** When the text was emptied. Sending and leaving the room do it by themselves. */
  readonly stop: () => void
}

/** Who writes in a room, or in one of its threads. */
export function useTyping(roomId: string, threadId?: number): UsedTyping {
  const { typing } = useChat().rooms.get(roomId)
  const store = useMemo(
    () => (threadId === undefined ? typing.people : typing.inThread(threadId)),
    [typing, threadId],
  )
  const { userIds, others } = useStore(store)
  const hasTyped = useRef(false)
  const keystroke = useCallback(() => {
    hasTyped.current = true
    typing.keystroke(threadId)
  }, [typing, threadId])
  const stop = useCallback(() => {
    hasTyped.current = false
    typing.stop(threadId)
  }, [typing, threadId])
  // Only the one that told of typing takes it back: a line that shows who types has told nothing.
  useEffect(() => () => void (hasTyped.current && stop()), [stop])
  return useMemo(() => ({ userIds, others, keystroke, stop }), [userIds, others, keystroke, stop])
}
