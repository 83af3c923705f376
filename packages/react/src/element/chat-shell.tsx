import { useCallback, useState, type ReactElement } from 'react'
import { ConnectionBanner } from './connection-banner.tsx'
import { Conversation } from './conversation.tsx'
import { useElement } from './element-context.ts'
import { RoomList } from './room-list.tsx'
import { StateNote } from './state-note.tsx'
import { useElementEvents } from './use-element-events.ts'
import { useRoomAccess } from './use-room-access.ts'

export interface ChatShellProps {
  readonly onSignInAgain: (() => void) | null
}

/** One room, or the list of rooms beside the one that was chosen. */
export function ChatShell({ onSignInAgain }: ChatShellProps): ReactElement {
  const { roomId } = useElement().settings
  useElementEvents(roomId)
  return (
    <>
      <ConnectionBanner onSignInAgain={onSignInAgain} />
      {roomId === null ? <AllRooms /> : <OneRoom key={roomId} roomId={roomId} />}
    </>
  )
}

function OneRoom({ roomId }: { readonly roomId: string }): ReactElement {
  const { strings } = useElement()
  const { state, again } = useRoomAccess(roomId)
  if (state.name === 'loading') return <StateNote title={strings.loading} isBusy />
  if (state.name === 'failed') {
    const { error } = state
    return (
      <StateNote
        title={strings.roomFailed}
        hint={strings.errors[error.code]}
        isError
        action={strings.tryAgain}
        onAction={again}
      />
    )
  }
  return <Conversation roomId={roomId} />
}

function AllRooms(): ReactElement {
  const { strings } = useElement()
  const [chosen, setChosen] = useState<string | null>(null)
  const back = useCallback(() => setChosen(null), [])
  return (
    <div className="split" data-view={chosen === null ? 'rooms' : 'room'}>
      <RoomList chosen={chosen} onChoose={setChosen} />
      <div className="pane">
        {chosen === null ? (
          <StateNote title={strings.chooseRoom} />
        ) : (
          <Conversation key={chosen} roomId={chosen} onBack={back} />
        )}
      </div>
    </div>
  )
}
