import { ChatError, type RoomInfo } from '@parley/client'
import { useChat, useConnection, useRooms } from '@parley/react'
import { DoorClosed, Hash } from 'lucide-react'
import { type ReactElement, useEffect, useState } from 'react'
import { BackToRooms } from '../app/back-button.tsx'
import { HOME_HREF, navigate } from '../app/route.ts'
import { roomTitle } from '../app/room-title.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { errorText } from '../ui/error-text.ts'
import { ConversationSkeleton } from './conversation-skeleton.tsx'
import './conversation.css'

type Found =
  | { readonly name: 'looking' }
  | { readonly name: 'found'; readonly info: RoomInfo }
  | { readonly name: 'failed'; readonly error: unknown }

/** What there is to know of a room that is not mine, once mine are known. */
function useForeignRoom(roomId: string): Found {
  const { call } = useChat()
  const { status } = useRooms()
  const isLive = useConnection().status === 'live'
  const [found, setFound] = useState<Found>({ name: 'looking' })
  const isSettled = status !== 'loading'
  useEffect(() => {
    if (!isSettled || !isLive) return
    let isWanted = true
    // A room that was only just joined is told of a moment later.
    const timer = setTimeout(() => {
      call('GET /v1/rooms/:id', { params: { id: roomId } }).then(
        ({ room: info }) => isWanted && setFound({ name: 'found', info }),
        (error: unknown) => isWanted && setFound({ name: 'failed', error }),
      )
    }, 150)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [call, roomId, isSettled, isLive])
  return found
}

/** In place of a conversation: it is being looked for, one may join, or it is not there for me. */
export function RoomGate({ roomId }: { readonly roomId: string }): ReactElement {
  const found = useForeignRoom(roomId)
  const list = useRooms()
  const { rooms } = useChat()
  return (
    <section className="conv" aria-label="Room">
      <header className="conv-header">
        <BackToRooms />
      </header>
      {list.status === 'failed' ? (
        <div className="conv-middle">
          <ErrorNotice
            error={list.error}
            title="Your rooms could not be read."
            onRetry={() => void rooms.reload()}
          />
        </div>
      ) : (
        <Gate found={found} />
      )}
    </section>
  )
}

function Gate({ found }: { readonly found: Found }): ReactElement {
  if (found.name === 'looking') return <ConversationSkeleton />
  if (found.name === 'failed') {
    const { error } = found
    // The address is mistyped: no room has such an id.
    const isNoRoom = error instanceof ChatError && error.code === 'INVALID'
    return (
      <EmptyState
        icon={DoorClosed}
        title="This room is not open to you"
        text={isNoRoom ? 'There is no room at this address.' : errorText(error)}
        action={<Button onPress={() => navigate(HOME_HREF)}>To your rooms</Button>}
      />
    )
  }
  return found.info.me === undefined ? (
    <Preview info={found.info} />
  ) : (
    <Arriving roomId={found.info.id} />
  )
}

/** It is mine by now: the list has not heard of it yet. */
function Arriving({ roomId }: { readonly roomId: string }): ReactElement {
  const { rooms } = useChat()
  // The list hears of it by the log, too.
  useEffect(() => void rooms.refresh(roomId).catch(() => undefined), [rooms, roomId])
  return <ConversationSkeleton />
}

/** A room that one may join. */
function Preview({ info }: { readonly info: RoomInfo }): ReactElement {
  const { rooms } = useChat()
  const { isBusy, error, run } = useAction()
  const title = roomTitle(info)
  const { memberCount } = info
  return (
    <div className="conv-middle">
      <div className="conv-preview-room">
        <Avatar name={title} seed={info.id} url={info.avatarUrl} size={64} shape="square" />
        <h2>
          <bdi>{title}</bdi>
        </h2>
        {info.topic !== null && info.topic !== '' && <p dir="auto">{info.topic}</p>}
        <p className="conv-preview-note">
          <Hash size={14} aria-hidden /> Public room · {memberCount}{' '}
          {memberCount === 1 ? 'member' : 'members'}
        </p>
        {error !== null && <ErrorNotice error={error} title="You could not join." />}
        <Button
          variant="primary"
          isPending={isBusy}
          onPress={() => void run(async () => void (await rooms.join(info.id)))}
        >
          Join the room
        </Button>
      </div>
    </div>
  )
}
