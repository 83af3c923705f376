import type { Timeline, TimelineMessage } from '@parley/client'

/** A thread with the message that it hangs on as its first, wherever its beginning is shown. */
export function withRoot(timeline: Timeline, root: TimelineMessage | null): Timeline {
  const { items, hasBefore, status, prepended } = timeline
  if (root === null || hasBefore || status !== 'ready' || items[0]?.seq === root.seq) {
    return timeline
  }
  return { ...timeline, items: [root, ...items], prepended: prepended + 1 }
}
