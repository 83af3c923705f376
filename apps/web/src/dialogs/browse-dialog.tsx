import type { RoomInfo } from '@parley/client'
import { useChat } from '@parley/react'
import { Compass, Plus, UsersRound } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { useDialogs } from '../app/dialogs.tsx'
import { navigate, roomHref } from '../app/route.ts'
import { roomTitle } from '../app/room-title.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toastError } from '../ui/toaster.tsx'
import type { DialogProps } from './dialog-props.ts'
import { useAction } from './use-action.ts'
import { usePublicRooms } from './use-public-rooms.ts'
import './dialogs.css'

/** Public rooms: look, and join. */
export function BrowseDialog({ isOpen, onClose }: DialogProps): ReactElement {
  return (
    <Modal
      title="Browse rooms"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <PublicRooms onDone={onClose} />
    </Modal>
  )
}

function PublicRooms({ onDone }: { readonly onDone: () => void }): ReactElement {
  const { show } = useDialogs()
  const [words, setWords] = useState('')
  const { rooms, isReading, hasMore, error, readMore } = usePublicRooms(words)
  return (
    <div className="browse">
      <SearchField
        label="Search public rooms"
        placeholder="Beginning of a name"
        autoFocus
        value={words}
        onChange={setWords}
      />
      <ul className="browse-list" aria-busy={isReading}>
        {rooms.map((room) => (
          <li key={room.id} className="browse-row">
            <PublicRoom room={room} onDone={onDone} />
          </li>
        ))}
        {rooms.length === 0 && isReading && <RoomSkeletons />}
      </ul>
      {error !== null && (
        <ErrorNotice title="The rooms could not be read." error={error} onRetry={readMore} />
      )}
      {error === null && rooms.length > 0 && hasMore && (
        <Button isPending={isReading} onPress={readMore}>
          More rooms
        </Button>
      )}
      {rooms.length === 0 && !isReading && error === null && (
        <EmptyState
          isSmall
          icon={Compass}
          title={words.trim() === '' ? 'There is no public room yet' : 'No room begins so'}
          text="You can make one."
          action={
            <Button size="sm" icon={Plus} onPress={() => show('new-room')}>
              New room
            </Button>
          }
        />
      )}
    </div>
  )
}

interface PublicRoomProps {
  readonly room: RoomInfo
  readonly onDone: () => void
}

function PublicRoom({ room, onDone }: PublicRoomProps): ReactElement {
  const { rooms } = useChat()
  const { run, isBusy } = useAction()
  const title = roomTitle(room)
  const isMine = room.me !== undefined
  const open = (): void => {
    onDone()
    navigate(roomHref(room.id))
  }
  const join = async (): Promise<void> => {
    try {
      await rooms.join(room.id)
      open()
    } catch (error) {
      toastError(error, `You did not join ${title}.`)
    }
  }
  return (
    <>
      <Avatar name={title} seed={room.id} url={room.avatarUrl} size={40} shape="square" />
      <div className="browse-words">
        <h3 className="browse-name truncate" dir="auto" title={title}>
          {title}
        </h3>
        {room.topic !== null && (
          <p className="browse-topic" dir="auto">
            {room.topic}
          </p>
        )}
        <p className="browse-count">
          <UsersRound size={13} aria-hidden />
          {room.memberCount === 1 ? '1 member' : `${room.memberCount.toLocaleString()} members`}
        </p>
      </div>
      <Button
        size="sm"
        variant={isMine ? 'secondary' : 'primary'}
        isPending={isBusy}
        aria-label={isMine ? `Open ${title}` : `Join ${title}`}
        onPress={() => {
          if (isMine) open()
          else void run(join)
        }}
      >
        {isMine ? 'Open' : 'Join'}
      </Button>
    </>
  )
}

function RoomSkeletons(): ReactElement {
  return (
    <>
      {[8, 12, 6].map((width) => (
        <li key={width} className="browse-row">
          <Skeleton shape="block" width="2.5rem" height="2.5rem" />
          <div className="browse-words">
            <Skeleton width={`${width}rem`} />
            <Skeleton width={`${width + 6}rem`} height="0.625rem" />
          </div>
        </li>
      ))}
    </>
  )
}
