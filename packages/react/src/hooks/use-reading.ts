import type { ReadMark, Reading } from '@parley/client'
import { useMemo } from 'react'
import { useChat } from './chat-context.ts'
import { useStore } from './use-store.ts'

export interface UsedReading {
  readonly mine: ReadMark
  /** How far others have read, by user id. Empty in large rooms. */
  readonly others: ReadonlyMap<string, number>
  readonly markRead: Reading['markRead']
  readonly markUnread: Reading['markUnread']
}

/**
 * How far I and others have read. Renders with every move of anybody: for a row of a list
 * `useStore(room.reading.mine)` is less.
 */
export function useReading(roomId: string): UsedReading {
  const { reading } = useChat().rooms.get(roomId)
  const mine = useStore(reading.mine)
  const others = useStore(reading.others)
  return useMemo(
    () => ({ mine, others, markRead: reading.markRead, markUnread: reading.markUnread }),
    [mine, others, reading],
  )
}
