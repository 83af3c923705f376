import type { Messages, Thread, Timeline, TimelineMessage } from '@parley/client'
import { useEffect, useMemo } from 'react'
import { useChat } from './chat-context.ts'
import { usePacedStore } from './use-paced-store.ts'
import { useStore } from './use-store.ts'

export interface UsedMessages {
  /** What is to be shown. Each item stays the same object until it changes: `memo` your rows. */
  readonly timeline: Timeline
  readonly messages: Messages
}

/** The messages of a room, which is open while this is mounted. */
export function useMessages(roomId: string): UsedMessages {
  const room = useChat().rooms.get(roomId)
  useEffect(() => room.open(), [room])
  const timeline = usePacedStore(room.messages.timeline)
  return useMemo(() => ({ timeline, messages: room.messages }), [timeline, room])
}

export interface UsedThread {
  readonly thread: Thread
  /** The message that the thread hangs on; `null` until it is known. */
  readonly root: TimelineMessage | null
  readonly timeline: Timeline
}

/** One thread of a room, which is open while this is mounted. */
export function useThread(roomId: string, rootSeq: number): UsedThread {
  const { messages } = useChat().rooms.get(roomId)
  const thread = useMemo(() => messages.thread(rootSeq), [messages, rootSeq])
  useEffect(() => thread.open(), [thread])
  const root = useStore(thread.root)
  const timeline = usePacedStore(thread.timeline)
  return useMemo(() => ({ thread, root, timeline }), [thread, root, timeline])
}
