import type { RoomInfo } from '@parley/client'
import { useChat, useMessages, useRoom } from '@parley/react'
import { MessagesSquare } from 'lucide-react'
import { type ReactElement, useEffect } from 'react'
import type { Panel } from '../app/panel.ts'
import { navigate, roomHref, threadHref, useRoute } from '../app/route.ts'
import { roomTitle } from '../app/room-title.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { ConversationScope, useScope } from './conversation-scope.tsx'
import { ConversationSkeleton } from './conversation-skeleton.tsx'
import { DropArea } from './drop-area.tsx'
import { MessageList } from './message-list.tsx'
import { RoomGate } from './room-gate.tsx'
import './conversation.css'

export interface ConversationProps {
  readonly roomId: string
  /** The message to go to. */
  readonly focusSeq: number | null
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
}

/** One room: what was said, and where one says something. */
export function Conversation({
  roomId,
  focusSeq,
  panel,
  onPanel,
}: ConversationProps): ReactElement {
  const { info } = useRoom(roomId)
  if (info === null) return <RoomGate roomId={roomId} />
  return (
    <section className="conv" aria-label={roomTitle(info)}>
      <ConversationScope roomId={roomId}>
        <DropArea>
          <ConversationHeader info={info} panel={panel} onPanel={onPanel} />
          <Messages info={info} focusSeq={focusSeq} />
          <Composer label={`Message ${roomTitle(info)}`} />
        </DropArea>
      </ConversationScope>
    </section>
  )
}

/** Goes to the message of the address, and takes it out of there: the same link works again. */
function useFocusSeq(roomId: string, focusSeq: number | null, isReady: boolean): void {
  const { list } = useScope()
  const route = useRoute()
  const threadSeq = route.name === 'room' ? route.threadSeq : null
  useEffect(() => {
    if (focusSeq === null || !isReady) return
    list.current?.jumpTo(focusSeq)
    const rest = threadSeq === null ? roomHref(roomId) : threadHref(roomId, threadSeq)
    navigate(rest, { replace: true })
  }, [list, roomId, focusSeq, threadSeq, isReady])
}

function Messages({
  info,
  focusSeq,
}: {
  readonly info: RoomInfo
  readonly focusSeq: number | null
}): ReactElement {
  const { rooms } = useChat()
  const { timeline, messages } = useMessages(info.id)
  const isReady = timeline.status === 'ready'
  useFocusSeq(info.id, focusSeq, isReady)
  const hasFailed = timeline.status === 'failed'
  // What opens a room reads it, if it could not be read before.
  const failure = hasFailed && (
    <ErrorNotice
      error={timeline.error}
      title="The messages could not be read."
      onRetry={() => rooms.get(info.id).open()()}
    />
  )
  if (timeline.items.length === 0 && !isReady) {
    return hasFailed ? <div className="conv-middle">{failure}</div> : <ConversationSkeleton />
  }
  return (
    <>
      {hasFailed && <div className="conv-failed">{failure}</div>}
      <MessageList
        label="Messages"
        timeline={timeline}
        loadBefore={messages.loadBefore}
        loadAfter={messages.loadAfter}
        jumpTo={messages.jumpTo}
        jumpToLatest={messages.jumpToLatest}
        isMain
        // Of what waits to be sent in a room that was not read, nobody knows what is before it.
        start={isReady && <Beginning info={info} />}
        empty={
          <EmptyState
            icon={MessagesSquare}
            title="No messages yet"
            text="Write the first one: everybody in this room will see it."
          />
        }
      />
    </>
  )
}

function Beginning({ info }: { readonly info: RoomInfo }): ReactElement {
  const title = roomTitle(info)
  return (
    <>
      <strong className="truncate">
        <bdi>{title}</bdi>
      </strong>
      <span className="truncate">
        {info.settings.history === 'since-join'
          ? 'You see what was said since you joined.'
          : 'This is the beginning of the conversation.'}
      </span>
    </>
  )
}
