import type { Store, Timeline } from '@parley/client'
import { useStore } from '@parley/react'
import { useEffect, useSyncExternalStore } from 'react'
import { useScope } from './conversation-scope.tsx'
import { isWatched, onWatched } from './page-watched.ts'
import type { ReadLine } from './use-read-line.ts'

export interface ReadMarkerProps {
  readonly isAtBottom: Store<boolean>
  readonly timeline: Timeline
  readonly readLine: ReadLine
}

/** What is at the bottom of a page that somebody looks at is read. */
export function ReadMarker({ isAtBottom, timeline, readLine }: ReadMarkerProps): null {
  const { room } = useScope()
  const isSeen = useStore(isAtBottom)
  const isLooking = useSyncExternalStore(onWatched, isWatched)
  const { items, status, hasAfter } = timeline
  useEffect(() => {
    if (!isSeen || !isLooking || status !== 'ready' || hasAfter || readLine.isHeld()) return
    room.reading.markRead()
    // While more than 5,000 are kept the oldest are let go, here where nobody sees them.
    room.messages.trim()
  }, [isSeen, isLooking, status, hasAfter, items, room, readLine])
  return null
}
