import type { RoomInfo, TimelineMessage } from '@parley/client'
import { useCallback, useState, type DragEvent, type ReactElement } from 'react'
import { useRoom } from '../hooks/use-rooms.ts'
import { useServerNow } from '../hooks/use-server-now.ts'
import { Composer } from './composer.tsx'
import { useElement } from './element-context.ts'
import type { Formats } from './formats.ts'
import { BackIcon } from './icons.tsx'
import { MessageList } from './message-list.tsx'
import { roomTitle } from './room-title.ts'
import type { Strings } from './strings.ts'
import { TypingLine } from './typing-line.tsx'
import { useUploads, type Uploads } from './use-uploads.ts'

export interface ConversationProps {
  readonly roomId: string
  /** To the list of rooms, where it is not beside. */
  readonly onBack?: () => void
}

export function Conversation({ roomId, onBack }: ConversationProps): ReactElement {
  const { strings, formats } = useElement()
  const { info } = useRoom(roomId)
  const uploads = useUploads()
  const [replyTo, setReplyTo] = useState<TimelineMessage | null>(null)
  const onReplied = useCallback(() => setReplyTo(null), [])
  const title = roomTitle(info, strings, formats)
  const mutedUntil = info?.me?.mutedUntil ?? null
  const now = useServerNow(mutedUntil === null ? null : Date.parse(mutedUntil))
  const refusal = whyNotWrite(info, now, { strings, formats })
  const may = (permission: Permission): boolean =>
    info?.me?.permissions.includes(permission) ?? false
  const mayAttach = refusal === null && may('message:attach')
  const drop = useDrop(mayAttach ? uploads : null)

  return (
    <section className="conversation" part="conversation" aria-label={title} {...drop.handlers}>
      <header className="header" part="header">
        {onBack !== undefined && (
          <button
            type="button"
            className="icon-button back"
            aria-label={strings.back}
            onClick={onBack}
          >
            <BackIcon />
          </button>
        )}
        <h2 className="title" dir="auto">
          {title}
        </h2>
        {info !== null && info.kind !== 'dm' && (
          <bdi className="members">{strings.members(info.memberCount)}</bdi>
        )}
      </header>
      <MessageList
        roomId={roomId}
        title={title}
        onReply={refusal === null ? setReplyTo : null}
        mayReact={refusal === null && may('message:react')}
      />
      <TypingLine roomId={roomId} />
      {refusal === null ? (
        <Composer
          roomId={roomId}
          title={title}
          uploads={mayAttach ? uploads : null}
          replyTo={replyTo}
          onReplied={onReplied}
        />
      ) : (
        <p className="refusal" part="refusal">
          <bdi>{refusal}</bdi>
        </p>
      )}
      {drop.isOver && <div className="drop">{strings.dropHere}</div>}
    </section>
  )
}

type Permission = NonNullable<RoomInfo['me']>['permissions'][number]

/** Why one may not write here; `null`: one may. */
function whyNotWrite(
  info: RoomInfo | null,
  now: number,
  { strings, formats }: { readonly strings: Strings; readonly formats: Formats },
): string | null {
  const me = info?.me
  if (info === null || me === undefined) return null
  const { mutedUntil, permissions } = me
  if (info.archived) return strings.archived
  if (info.frozen && !permissions.includes('moderation:exempt')) return strings.frozen
  if (mutedUntil !== null && Date.parse(mutedUntil) > now) {
    return strings.muted(formats.dayAndTime(mutedUntil))
  }
  return permissions.includes('message:send') ? null : strings.mayNotWrite
}

/** Files that are dragged here; `null` takes none. */
function useDrop(uploads: Uploads | null) {
  const [isOver, setIsOver] = useState(false)
  const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files')
  const handlers = {
    onDragOver(event: DragEvent) {
      if (uploads === null || !hasFiles(event)) return
      event.preventDefault()
      setIsOver(true)
    },
    onDragLeave(event: DragEvent) {
      const { relatedTarget, currentTarget } = event
      if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget)))
        setIsOver(false)
    },
    onDrop(event: DragEvent) {
      setIsOver(false)
      if (uploads === null || !hasFiles(event)) return
      event.preventDefault()
      uploads.add(event.dataTransfer.files)
    },
  }
  return { isOver: isOver && uploads !== null, handlers }
}
