import type { SearchHit } from '@parley/client'
import { useRoom } from '@parley/react'
import { Hash, MessageCircle, Paperclip } from 'lucide-react'
import { memo, type ReactElement } from 'react'
import { messageHref } from '../app/route.ts'
import { roomTitle } from '../app/room-title.ts'
import { fullWhen, shortWhen } from '../app/time-words.ts'
import { Avatar } from '../ui/avatar.tsx'
import { excerptOf } from './excerpt.ts'

export interface SearchRowProps {
  readonly hit: SearchHit
  /** The name of the room is shown. */
  readonly isWithRoom: boolean
  readonly onOpen: () => void
}

const MOST_FILES = 3

function RoomName({ roomId }: { readonly roomId: string }): ReactElement | null {
  const { info } = useRoom(roomId)
  if (info === null) return null
  const Icon = info.kind === 'room' ? Hash : MessageCircle
  return (
    <span className="panel-hit-room">
      <Icon size={12} aria-hidden />
      <span className="visually-hidden">in </span>
      <bdi className="truncate">{roomTitle(info)}</bdi>
    </span>
  )
}

/** A message that was found; what was looked for stands out in it. */
export const SearchRow = memo(function SearchRow({
  hit,
  isWithRoom,
  onOpen,
}: SearchRowProps): ReactElement {
  const { message, highlights } = hit
  const { sender, attachments } = message
  const at = message.importedAt ?? message.ts
  return (
    <a className="panel-hit" href={messageHref(message.roomId, message.seq)} onClick={onOpen}>
      <Avatar name={sender.displayName} seed={sender.id} url={sender.avatarUrl} size={30} />
      <span className="panel-hit-words">
        <span className="panel-hit-head">
          <bdi className="panel-hit-name truncate">{sender.displayName}</bdi>
          <time className="panel-note" dateTime={at} title={fullWhen(at)}>
            {shortWhen(at)}
          </time>
        </span>
        {isWithRoom && <RoomName roomId={message.roomId} />}
        {message.text !== null && (
          <span className="panel-hit-text" dir="auto">
            {excerptOf(message.text, highlights).map(({ text, isMatch }, index) =>
              isMatch ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
            )}
          </span>
        )}
        {attachments.slice(0, MOST_FILES).map((file) => (
          <span key={file.id} className="panel-hit-file">
            <Paperclip size={13} aria-hidden />
            <bdi className="truncate">{file.name}</bdi>
          </span>
        ))}
        {attachments.length > MOST_FILES && (
          <span className="panel-note">and {attachments.length - MOST_FILES} more files</span>
        )}
      </span>
    </a>
  )
})
