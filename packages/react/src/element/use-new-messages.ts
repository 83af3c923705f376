import type { Timeline } from '@parley/client'
import { useEffect, useState } from 'react'
import { useReading } from '../hooks/use-reading.ts'

export interface NewMessages {
  /** The line stands before the first message after this `seq`; `null`: there is no line. */
  readonly newFrom: number | null
  /** How many of others have come below what is seen. */
  readonly newCount: number
  /** The latest message of the log that is here. */
  readonly lastSeq: number
}

/** The line before what is new, the count for the way down, and the moving of my cursor. */
export function useNewMessages(
  roomId: string,
  timeline: Timeline,
  isAtEnd: boolean,
  isWatched: boolean,
): NewMessages {
  const { items, status, hasAfter } = timeline
  const { mine, markRead } = useReading(roomId)
  const [newFrom, setNewFrom] = useState<number | null>(null)
  const [isOpened, setIsOpened] = useState(false)
  const [seenSeq, setSeenSeq] = useState(0)
  const lastSeq = items.findLast(({ seq }) => seq > 0)?.seq ?? 0
  const isRead = isAtEnd && isWatched && !hasAfter
  const isMineLast = items.at(-1)?.isMine ?? false

  // Set while rendering: the line is there with the first messages, not one frame later.
  if (!isOpened && status === 'ready') {
    setIsOpened(true)
    setSeenSeq(lastSeq)
    if (mine.unread > 0) setNewFrom(mine.readSeq)
  } else if (isOpened && isRead && seenSeq !== lastSeq) {
    setSeenSeq(lastSeq)
  } else if (isOpened && !isWatched && newFrom === null && lastSeq > seenSeq) {
    setNewFrom(seenSeq)
  }
  if (isMineLast && newFrom !== null && isOpened && isRead) setNewFrom(null)

  useEffect(() => {
    if (isRead && lastSeq > mine.readSeq) markRead(lastSeq)
  }, [isRead, lastSeq, mine.readSeq, markRead])

  return { newFrom, newCount: isRead ? 0 : countNew(items, seenSeq), lastSeq }
}

/** From the end: what was seen is not gone through. */
function countNew(items: Timeline['items'], seenSeq: number): number {
  let count = 0
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index]
    if (item === undefined || (item.seq > 0 && item.seq <= seenSeq)) break
    if (!item.isMine) count += 1
  }
  return count
}
