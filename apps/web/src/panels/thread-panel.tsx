import type { RoomInfo } from '@parley/client'
import { useThread } from '@parley/react'
import { MessageSquareReply } from 'lucide-react'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import { besideThreadHref, messageHref } from '../app/route.ts'
import { NARROW, useMedia } from '../app/use-media.ts'
import { Composer } from '../conversation/composer.tsx'
import { ConversationScope } from '../conversation/conversation-scope.tsx'
import { DropArea } from '../conversation/drop-area.tsx'
import { MessageList } from '../conversation/message-list.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { PanelFrame } from './panel-frame.tsx'
import { PanelSkeleton } from './panel-skeleton.tsx'
import { withRoot } from './with-root.ts'

export interface ThreadPanelProps {
  readonly info: RoomInfo
  readonly rootSeq: number
  readonly onClose: () => void
}

const repliesWords = (count: number): string => {
  if (count === 0) return 'No replies yet'
  return count === 1 ? '1 reply' : `${count.toLocaleString()} replies`
}

/** One message, what was answered to it, and where one answers. */
export function ThreadPanel({ info, rootSeq, onClose }: ThreadPanelProps): ReactElement {
  const { thread, root, timeline } = useThread(info.id, rootSeq)
  const isOverlay = useMedia(NARROW)
  const toRoom = isOverlay
    ? messageHref(info.id, rootSeq)
    : besideThreadHref(info.id, rootSeq, rootSeq)
  const shown = useMemo(() => withRoot(timeline, root), [timeline, root])
  const note = root !== null && (
    <>
      {repliesWords(root.thread?.replies ?? 0)} · <a href={toRoom}>Show in the room</a>
    </>
  )
  let body: ReactNode
  if (timeline.status === 'failed') {
    // What opens it reads it, if it could not be read before.
    const again = (): void => thread.open()()
    body = (
      <div className="panel-notice">
        <ErrorNotice error={timeline.error} title="The thread could not be read." onRetry={again} />
      </div>
    )
  } else if (timeline.status !== 'ready' && timeline.items.length === 0) {
    body = <PanelSkeleton label="Reading the thread" />
  } else {
    body = (
      <ConversationScope roomId={info.id} threadId={rootSeq}>
        <DropArea>
          <MessageList
            label="Thread"
            timeline={shown}
            loadBefore={thread.loadBefore}
            empty={
              <EmptyState
                isSmall
                icon={MessageSquareReply}
                title="No replies yet"
                text="Write the first one."
              />
            }
          />
          <Composer label="Reply in thread" isWanted />
        </DropArea>
      </ConversationScope>
    )
  }
  return (
    <PanelFrame title="Thread" {...(note === false ? {} : { note })} onClose={onClose}>
      <div className="panel-thread">{body}</div>
    </PanelFrame>
  )
}
