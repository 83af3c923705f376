import { useConnection } from '@parley/react'
import { MessagesSquare, SquarePen, UserRoundPlus } from 'lucide-react'
import { type ReactElement, useEffect, useEffectEvent, useState } from 'react'
import { Conversation } from '../conversation/conversation.tsx'
import { AppDialogs } from '../dialogs/app-dialogs.tsx'
import { InviteDialog } from '../dialogs/invite-dialog.tsx'
import { SettingsDialog } from '../settings/settings-dialog.tsx'
import { Sidebar } from '../sidebar/sidebar.tsx'
import type { SessionEnd } from '../sign-in/session-end.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { useDialogs } from './dialogs.tsx'
import type { Panel } from './panel.ts'
import { PanelPane } from './panel-pane.tsx'
import { HOME_HREF, navigate, type Route, roomHref, useRoute } from './route.ts'
import { NARROW, PHONE, useMedia } from './use-media.ts'
import { useAppShortcuts } from './use-app-shortcuts.ts'
import { useNotices } from './use-notices.ts'
import { usePageTitle } from './use-page-title.ts'
import './shell.css'

export interface ShellProps {
  readonly onSignOut: () => void
  /** The server does not want this session any more. */
  readonly onEnd: (why: SessionEnd) => void
}

type Place = Extract<Route, { name: 'home' | 'room' }>

/** What lies behind a dialog that has an address of its own. */
function usePlace(route: Route): Place {
  const [place, setPlace] = useState<Place>({ name: 'home' })
  const isPlace = route.name === 'home' || route.name === 'room'
  if (isPlace && route !== place) setPlace(route)
  return isPlace ? route : place
}

function useRevoked(onEnd: (why: SessionEnd) => void): void {
  const { status, error } = useConnection()
  const tell = useEffectEvent(onEnd)
  const code = status === 'ended' ? error?.code : undefined
  useEffect(() => {
    if (code === 'AUTH_REVOKED') tell('revoked')
    else if (code?.startsWith('AUTH_') === true) tell('expired')
  }, [code])
}

interface Panels {
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
}

/** The thread is in the address; the other panels stay while one goes through the rooms of a wide page. */
function usePanels(place: Place, isNarrow: boolean): Panels {
  const [chosen, setChosen] = useState<Panel>(null)
  const [shownFor, setShownFor] = useState(place)
  if (shownFor !== place) {
    const isElsewhere = place.name !== shownFor.name || hasMoved(place, shownFor)
    setShownFor(place)
    if (isNarrow && isElsewhere) setChosen(null)
  }
  if (place.name === 'home') return { panel: null, onPanel: setChosen }
  const { roomId, threadSeq } = place
  return {
    panel: threadSeq === null ? chosen : 'thread',
    onPanel: (panel) => {
      if (threadSeq !== null && panel !== 'thread') navigate(roomHref(roomId), { replace: true })
      setChosen(panel === 'thread' ? null : panel)
    },
  }
}

const hasMoved = (to: Place, from: Place): boolean =>
  to.name === 'room' && from.name === 'room' && (to.roomId !== from.roomId || to.focusSeq !== null)

const hrefOf = (place: Place): string =>
  place.name === 'home' ? HOME_HREF : roomHref(place.roomId)

/** Three panes: the rooms, the conversation, and what belongs to it. */
export function Shell({ onSignOut, onEnd }: ShellProps): ReactElement {
  const route = useRoute()
  const place = usePlace(route)
  const isNarrow = useMedia(NARROW)
  const isPhone = useMedia(PHONE)
  const { panel, onPanel } = usePanels(place, isNarrow)
  const { via, gateway, status } = useConnection()
  const roomId = place.name === 'room' ? place.roomId : null
  useRevoked(onEnd)
  usePageTitle(roomId)
  useNotices()
  useAppShortcuts({ roomId, panel, onPanel })
  const isCovered = panel !== null && isNarrow
  const close = (): void => navigate(hrefOf(place), { replace: true })
  return (
    <div
      className="shell"
      data-place={place.name}
      data-connection={status}
      data-via={via ?? undefined}
      data-gateway={gateway ?? undefined}
    >
      <h1 className="visually-hidden">Parley</h1>
      <ConnectionBanner />
      <div className="shell-panes">
        <div
          className="shell-sidebar"
          role={isPhone && place.name === 'home' ? 'main' : undefined}
          inert={isCovered}
        >
          <nav className="sidebar" aria-label="Rooms">
            <Sidebar roomId={roomId} onSignOut={onSignOut} />
          </nav>
        </div>
        <main className="shell-main" inert={isCovered}>
          {place.name === 'room' ? (
            <Conversation
              key={place.roomId}
              roomId={place.roomId}
              focusSeq={place.focusSeq}
              panel={panel}
              onPanel={onPanel}
            />
          ) : (
            !isPhone && <Welcome />
          )}
        </main>
        {roomId !== null && panel !== null && (
          <PanelPane
            key={roomId}
            roomId={roomId}
            panel={panel}
            onPanel={onPanel}
            isOverlay={isNarrow}
          />
        )}
      </div>
      <AppDialogs roomId={roomId} onSignOut={onSignOut} />
      <SettingsDialog
        tab={route.name === 'settings' ? route.tab : null}
        onClose={close}
        onSignOut={onSignOut}
      />
      <InviteDialog code={route.name === 'invite' ? route.code : null} onClose={close} />
    </div>
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
          <Button icon={UserRoundPlus} onPress={() => show('browse')}>
            Browse rooms
          </Button>
        </>
      }
    />
  )
}
