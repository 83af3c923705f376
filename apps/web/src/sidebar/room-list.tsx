import { useChat, useRooms, useStore } from '@parley/react'
import { Compass, Inbox, MessagesSquare, Plus, SearchX } from 'lucide-react'
import { type KeyboardEvent, type ReactElement, type Ref, useDeferredValue, useMemo } from 'react'
import { Virtualizer } from 'virtua'
import { useDialogs } from '../app/dialogs.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { filterRooms, type RoomFilter } from './filter-rooms.ts'
import { RoomRow } from './room-row.tsx'

export interface RoomListProps {
  readonly roomId: string | null
  readonly filter: RoomFilter
  readonly words: string
  readonly onShowAll: () => void
  readonly ref: Ref<HTMLDivElement>
}

/** Arrow keys go from row to row; Tab goes on. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  if (event.altKey || event.ctrlKey || event.metaKey) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a[href]')]
  const at = links.findIndex((link) => link === document.activeElement)
  const next = links[at + (event.key === 'ArrowDown' ? 1 : -1)]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

export function RoomList({ roomId, filter, words, onShowAll, ref }: RoomListProps): ReactElement {
  const { outbox } = useChat()
  const list = useRooms()
  const drafts = useStore(outbox.drafts.rooms)
  const wanted = useDeferredValue(words)
  const rooms = useMemo(
    () => filterRooms(list.rooms, filter, wanted, roomId),
    [list.rooms, filter, wanted, roomId],
  )
  if (rooms.length === 0) {
    return (
      <div className="sidebar-list">
        <NoRooms list={list} filter={filter} words={wanted} onShowAll={onShowAll} />
      </div>
    )
  }
  return (
    <div ref={ref} className="sidebar-list" onKeyDown={moveFocus}>
      <Virtualizer data={rooms} as="ul" item="li" itemSize={64} bufferSize={400}>
        {(item) => (
          <RoomRow
            key={item.info.id}
            item={item}
            isOpen={item.info.id === roomId}
            hasDraft={drafts.has(item.info.id) && item.info.id !== roomId}
          />
        )}
      </Virtualizer>
    </div>
  )
}

interface NoRoomsProps extends Pick<RoomListProps, 'filter' | 'words' | 'onShowAll'> {
  readonly list: ReturnType<typeof useRooms>
}

function NoRooms({ list, filter, words, onShowAll }: NoRoomsProps): ReactElement {
  const { rooms } = useChat()
  const { show } = useDialogs()
  if (list.status === 'loading') return <RoomSkeletons />
  if (list.status === 'failed') {
    return (
      <div className="sidebar-notice">
        <ErrorNotice
          title="Your rooms could not be read."
          error={list.error}
          onRetry={() => void rooms.reload()}
        />
      </div>
    )
  }
  const all = (
    <Button size="sm" onPress={onShowAll}>
      Show all rooms
    </Button>
  )
  if (words.trim() !== '') {
    const text = `None of your rooms is called “${words.trim()}”.`
    return <EmptyState isSmall icon={SearchX} title="Nothing found" text={text} action={all} />
  }
  if (list.rooms.length > 0) {
    return filter === 'unread' ? (
      <EmptyState isSmall icon={Inbox} title="All read" text="You are up to date." action={all} />
    ) : (
      <EmptyState
        isSmall
        icon={MessagesSquare}
        title="No direct messages yet"
        text="Write to one person, or to a few at once."
        action={
          <Button size="sm" variant="primary" onPress={() => show('new-message')}>
            New message
          </Button>
        }
      />
    )
  }
  return (
    <EmptyState
      isSmall
      icon={MessagesSquare}
      title="You are in no room yet"
      text="Look what is there, or make the first room yourself."
      action={
        <>
          <Button size="sm" variant="primary" icon={Compass} onPress={() => show('browse')}>
            Browse rooms
          </Button>
          <Button size="sm" icon={Plus} onPress={() => show('new-room')}>
            New room
          </Button>
        </>
      }
    />
  )
}

function RoomSkeletons(): ReactElement {
  return (
    <div aria-busy="true">
      <span className="visually-hidden">Reading your rooms</span>
      {[62, 44, 71, 50, 58, 38].map((width) => (
        <div key={width} className="sidebar-row">
          <Skeleton shape="circle" width="2.5rem" height="2.5rem" />
          <span className="sidebar-row-words">
            <Skeleton width={`${width}%`} />
            <Skeleton width={`${96 - width / 2}%`} height="0.625rem" />
          </span>
        </div>
      ))}
    </div>
  )
}
