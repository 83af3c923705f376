import { Compass, MessagesSquare, SquarePen } from 'lucide-react'
import type { ReactElement } from 'react'
import { Conversation } from '../conversation/conversation.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { useDialogs } from './dialogs.tsx'
import type { Panels, Place } from './place.ts'
import { usePaneFocus } from './use-pane-focus.ts'

export interface MainPaneProps extends Panels {
  readonly place: Place
  readonly isPhone: boolean
  /** It lies under a panel and cannot be reached. */
  readonly isCovered: boolean
}

/** The conversation, or what to do without one. */
export function MainPane({
  place,
  isPhone,
  isCovered,
  panel,
  onPanel,
}: MainPaneProps): ReactElement {
  const isRoom = place.name === 'room'
  const pane = usePaneFocus(isPhone && isRoom, isRoom ? place.roomId : '')
  return (
    <main ref={pane} id="conversation" className="shell-main" tabIndex={-1} inert={isCovered}>
      <h1 className="visually-hidden">Parley</h1>
      {isRoom ? (
        <ErrorBoundary key={place.roomId} what="This conversation">
          <Conversation
            roomId={place.roomId}
            focusSeq={place.focusSeq}
            panel={panel}
            onPanel={onPanel}
          />
        </ErrorBoundary>
      ) : (
        !isPhone && <Welcome />
      )}
    </main>
  )
}

function Welcome(): ReactElement {
  const { show } = useDialogs()
  return (
    <EmptyState
      icon={MessagesSquare}
      title="Choose a conversation"
      text="Open one from the list, or begin a new one."
      action={
        <>
          <Button icon={SquarePen} onPress={() => show('new-message')}>
            New message
          </Button>
          <Button icon={Compass} onPress={() => show('browse')}>
            Browse rooms
          </Button>
        </>
      }
    />
  )
}
