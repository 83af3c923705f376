import type { TimelineMessage } from '@parley/client'
import { useMe, useSelected, useToday } from '@parley/react'
import { Pin } from 'lucide-react'
import { memo, type ReactElement, useCallback } from 'react'
import { clockTime, dayWords, fullWhen } from '../app/time-words.ts'
import { Avatar } from '../ui/avatar.tsx'
import { type ListOverlay, useScope } from './conversation-scope.tsx'
import { MessageBody } from './message-body.tsx'
import { RowBoundary } from './row-boundary.tsx'
import { saidAt } from './row-look.ts'
import { RowState } from './row-state.tsx'
import { RowToolbar } from './row-toolbar.tsx'
import './message-row.css'

export interface MessageRowProps {
  readonly message: TimelineMessage
  readonly isHead: boolean
  readonly isNewDay: boolean
  readonly isFirstNew: boolean
}

function rowLabel({ sender, text, attachments, deletedAt, ...message }: TimelineMessage): string {
  const words =
    deletedAt === undefined
      ? (text?.slice(0, 300) ?? attachments.map(({ name }) => name).join(', '))
      : 'deleted message'
  return `${sender.displayName}, ${clockTime(saidAt(message))}: ${words}`
}

function Time({ message, isSmall }: { readonly message: TimelineMessage; isSmall: boolean }) {
  const at = saidAt(message)
  return (
    <time
      className={isSmall ? 'conv-side-time' : 'conv-time'}
      dateTime={at}
      title={fullWhen(at)}
      aria-hidden={isSmall}
    >
      {clockTime(at)}
    </time>
  )
}

function DayLine({ at }: { readonly at: string }): ReactElement {
  const words = dayWords(at, useToday())
  return (
    <div className="conv-day" role="separator" aria-label={words}>
      <time dateTime={at}>{words}</time>
    </div>
  )
}

function Divider({
  isNewDay,
  isFirstNew,
  at,
}: {
  isNewDay: boolean
  isFirstNew: boolean
  at: string
}) {
  return (
    <>
      {isNewDay && <DayLine at={at} />}
      {isFirstNew && (
        <div className="conv-new" role="separator" aria-label="New messages">
          <span>New messages</span>
        </div>
      )}
    </>
  )
}

/**
 * One message with the lines above it. All its props stay the same until something of it changes:
 * what moves (the pointer, the focus) comes through stores that answer only this row.
 */
export const MessageRow = memo(function MessageRow({
  message,
  isHead,
  isNewDay,
  isFirstNew,
}: MessageRowProps): ReactElement {
  const { hovered, active, flashed, overlay } = useScope()
  const me = useMe()
  const { key, seq, sender, state } = message
  const isHovered = useSelected(
    hovered,
    useCallback((at: string | null) => at === key, [key]),
  )
  const isOpen = useSelected(
    overlay,
    useCallback((open: ListOverlay | null) => open?.message.key === key, [key]),
  )
  const isActive = useSelected(
    active,
    useCallback((at: TimelineMessage | null) => at?.key === key, [key]),
  )
  const isFlashed = useSelected(
    flashed,
    useCallback((at) => at === seq && seq > 0, [seq]),
  )
  const isToMe =
    !message.isMine &&
    message.deletedAt === undefined &&
    (message.mentionAll !== undefined || (me !== null && message.mentions.includes(me.id)))
  return (
    <div className="conv-row">
      <Divider isNewDay={isNewDay} isFirstNew={isFirstNew} at={saidAt(message)} />
      <article
        className="conv-message"
        tabIndex={isActive ? 0 : -1}
        aria-label={rowLabel(message)}
        data-key={key}
        data-seq={seq > 0 ? seq : undefined}
        data-state={state.name}
        data-head={isHead || undefined}
        data-mine={message.isMine || undefined}
        data-to-me={isToMe || undefined}
        data-hot={isHovered || isOpen || undefined}
        data-flashed={isFlashed || undefined}
        data-changing={message.isChanging || undefined}
      >
        <div className="conv-side">
          {isHead ? (
            <Avatar name={sender.displayName} seed={sender.id} url={sender.avatarUrl} size={36} />
          ) : (
            <Time message={message} isSmall />
          )}
        </div>
        <div className="conv-body">
          {isHead && (
            <div className="conv-head">
              <bdi className="conv-name truncate" title={sender.displayName}>
                {sender.displayName}
              </bdi>
              <Time message={message} isSmall={false} />
              {message.pinned && <PinMark />}
            </div>
          )}
          {!isHead && message.pinned && <PinMark />}
          <RowBoundary>
            <MessageBody message={message} />
          </RowBoundary>
          {state.name !== 'stored' && <RowState message={message} />}
        </div>
        {(isHovered || isOpen || isActive) && state.name === 'stored' && (
          <RowToolbar message={message} />
        )}
      </article>
    </div>
  )
})

function PinMark(): ReactElement {
  return (
    <span className="conv-pinned">
      <Pin size={12} aria-hidden /> Pinned
    </span>
  )
}
