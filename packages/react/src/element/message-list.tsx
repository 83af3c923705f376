import type { TimelineMessage } from '@parley/client'
import { useMemo, type KeyboardEvent, type ReactElement } from 'react'
import { useMessages } from '../hooks/use-messages.ts'
import { useElement } from './element-context.ts'
import { DownIcon } from './icons.tsx'
import { layOutRows } from './list-rows.ts'
import { MessageRow, type RowActions } from './message-row.tsx'
import { StateNote } from './state-note.tsx'
import { useAnnouncement } from './use-announcement.ts'
import { useIsWatched } from './use-is-watched.ts'
import { useNewMessages } from './use-new-messages.ts'
import { useScrollPlace } from './use-scroll-place.ts'

export interface MessageListProps {
  readonly roomId: string
  readonly title: string
  /** `null` where one may not write. */
  readonly onReply: ((message: TimelineMessage) => void) | null
  readonly mayReact: boolean
}

export function MessageList({ roomId, title, onReply, mayReact }: MessageListProps): ReactElement {
  const { strings } = useElement()
  const { timeline, messages } = useMessages(roomId)
  const { items, status, error } = timeline
  const place = useScrollPlace(timeline, messages)
  const { toSeq, toLatest, isAtBottom, scroller } = place
  const isWatched = useIsWatched(scroller)
  const { newFrom, newCount } = useNewMessages(roomId, timeline, isAtBottom, isWatched)
  const announcement = useAnnouncement(items, status === 'ready')
  const rows = useMemo(() => layOutRows(items, newFrom), [items, newFrom])
  const actions = useMemo<RowActions>(
    () => ({
      reply: onReply,
      react: mayReact
        ? (seq, key, on) => void messages.react(seq, key, on).catch(() => undefined)
        : null,
      retry: messages.retry,
      discard: messages.cancel,
      goTo: toSeq,
    }),
    [messages, onReply, mayReact, toSeq],
  )

  return (
    <div className="messages">
      <div
        className="scroller"
        part="messages"
        role="log"
        aria-live="off"
        aria-busy={status === 'loading'}
        aria-label={strings.messagesOf(title)}
        tabIndex={0}
        ref={scroller}
        onKeyDown={moveFocus}
      >
        {timeline.isLoadingBefore && <p className="older">{strings.loadingOlder}</p>}
        {status === 'ready' && !timeline.hasBefore && items.length > 0 && (
          <p className="beginning">{strings.beginning}</p>
        )}
        <div className="rows" ref={place.content}>
          {rows.map((row) => (
            <MessageRow key={row.item.key} {...row} actions={actions} />
          ))}
        </div>
        {items.length === 0 && (status === 'loading' || status === 'idle') && <Skeleton />}
        {items.length === 0 && status === 'ready' && (
          <StateNote title={strings.empty} {...(onReply && { hint: strings.emptyHint })} />
        )}
        {status === 'failed' && (
          <StateNote
            title={strings.messagesFailed}
            {...(error === null ? {} : { hint: strings.errors[error.code] })}
            isError
            action={strings.tryAgain}
            onAction={() => void messages.jumpToLatest().catch(() => undefined)}
          />
        )}
      </div>
      {status === 'ready' && (!isAtBottom || timeline.hasAfter) && (
        <button type="button" className="to-latest" part="to-latest" onClick={toLatest}>
          <DownIcon />
          {newCount > 0 ? (
            strings.newCount(newCount)
          ) : (
            <span className="hidden">{strings.jumpToLatest}</span>
          )}
        </button>
      )}
      <div className="hidden" role="status">
        {announcement}
      </div>
    </div>
  )
}

function Skeleton(): ReactElement {
  const { strings } = useElement()
  return (
    <div className="skeleton" role="status">
      <span className="hidden">{strings.loading}</span>
      {[0, 1, 2, 3, 4].map((index) => (
        <span key={index} className="skeleton-row" aria-hidden="true" />
      ))}
    </div>
  )
}

/** Arrows go from message to message, so that tab does not have to go through all of them. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  const scroller = event.currentTarget
  const root = scroller.getRootNode()
  if (step === undefined || !(root instanceof ShadowRoot || root instanceof Document)) return
  const rows = [...scroller.querySelectorAll<HTMLElement>('[role=article]')]
  const now = rows.findIndex((row) => row.contains(root.activeElement))
  const next = now === -1 ? (step < 0 ? rows.length - 1 : -1) : now + step
  const row = rows[next]
  if (row === undefined) return
  event.preventDefault()
  row.focus()
}
