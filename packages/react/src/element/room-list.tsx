import type { RoomListItem } from '@parley/client'
import { memo, useCallback, useEffect, useRef, type ReactElement } from 'react'
import { useChat } from '../hooks/chat-context.ts'
import { useRooms } from '../hooks/use-rooms.ts'
import { Avatar } from './avatar.tsx'
import { useElement } from './element-context.ts'
import { roomTitle } from './room-title.ts'
import { StateNote } from './state-note.tsx'

export interface RoomListProps {
  readonly chosen: string | null
  readonly onChoose: (roomId: string) => void
}

/** Rooms whose latest message is asked for: nobody scrolls farther often. */
const MOST_LATEST = 100

export function RoomList({ chosen, onChoose }: RoomListProps): ReactElement {
  const { strings } = useElement()
  const { status, rooms, error } = useRooms()
  const { reload, showLatest } = useChat().rooms
  const again = useCallback(() => void reload(), [reload])
  const asked = useRef(new Set<string>())
  useEffect(() => {
    const missing = rooms
      .slice(0, MOST_LATEST)
      .flatMap(({ info, latest }) =>
        latest === null && !asked.current.has(info.id) ? [info.id] : [],
      )
    if (missing.length === 0) return
    for (const roomId of missing) asked.current.add(roomId)
    showLatest(missing)
  }, [rooms, showLatest])
  return (
    <nav className="rooms" part="rooms" aria-label={strings.rooms}>
      <h2 className="rooms-title">{strings.rooms}</h2>
      {status === 'loading' && rooms.length === 0 && <StateNote title={strings.loading} isBusy />}
      {status === 'failed' && (
        <StateNote
          title={strings.roomsFailed}
          {...(error === null ? {} : { hint: strings.errors[error.code] })}
          isError
          action={strings.tryAgain}
          onAction={again}
        />
      )}
      {status === 'ready' && rooms.length === 0 && (
        <StateNote title={strings.noRooms} hint={strings.noRoomsHint} />
      )}
      {rooms.length > 0 && (
        <ul className="rooms-list">
          {rooms.map((item) => (
            <RoomRow
              key={item.info.id}
              item={item}
              isChosen={item.info.id === chosen}
              onChoose={onChoose}
            />
          ))}
        </ul>
      )}
    </nav>
  )
}

interface RoomRowProps {
  readonly item: RoomListItem
  readonly isChosen: boolean
  readonly onChoose: (roomId: string) => void
}

const RoomRow = memo(function RoomRow({ item, isChosen, onChoose }: RoomRowProps): ReactElement {
  const { strings, formats } = useElement()
  const { info, latest } = item
  const title = roomTitle(info, strings, formats)
  const unread = info.me?.unread ?? 0
  return (
    <li>
      <button
        type="button"
        className="room"
        part={isChosen ? 'room room-chosen' : 'room'}
        aria-current={isChosen ? 'true' : undefined}
        onClick={() => onChoose(info.id)}
      >
        <Avatar id={info.id} name={title} url={info.avatarUrl} />
        <span className="room-words">
          <span className="room-name" dir="auto">
            {title}
          </span>
          {latest !== null && (
            <span className="room-latest" dir="auto">
              {strings.said(latest.senderName, latest.text ?? '…')}
            </span>
          )}
        </span>
        {unread > 0 && (
          <span className="badge" part="badge">
            <bdi aria-hidden="true">{unread > 99 ? '99+' : unread}</bdi>
            <span className="hidden">{strings.unread(unread)}</span>
          </span>
        )}
      </button>
    </li>
  )
})
