import { useConnection } from '@parley/react'
import { type ReactElement, type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { AppDialogs } from '../dialogs/app-dialogs.tsx'
import { InviteDialog } from '../dialogs/invite-dialog.tsx'
import type { SessionEnd } from '../sign-in/session-end.ts'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { Modal } from '../ui/modal.tsx'
import { PartMissing } from '../ui/part-missing.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { lazyPart } from './lazy-part.tsx'
import { MainPane } from './main-pane.tsx'
import { PanelPane } from './panel-pane.tsx'
import { hrefOf, usePanels, usePlace } from './place.ts'
import { HOME_HREF, navigate, useRoute } from './route.ts'
import { SidePane } from './side-pane.tsx'
import { NARROW, PHONE, useMedia } from './use-media.ts'
import { useAppShortcuts } from './use-app-shortcuts.ts'
import { useNotices } from './use-notices.ts'
import { usePageTitle } from './use-page-title.ts'
import './shell.css'

const SettingsDialog = lazyPart(
  async () => (await import('../settings/settings-dialog.tsx')).SettingsDialog,
  ({ isLate, tab, onClose }) => (
    <Modal title="Settings" isOpen={isLate && tab !== null} onOpenChange={onClose}>
      <PartMissing what="The settings" />
    </Modal>
  ),
)

const AdminConsole = lazyPart(
  async () => (await import('../admin/admin-console.tsx')).AdminConsole,
  ({ isLate }) => isLate && <PartMissing what="The admin console" onClose={toConversation} />,
)

const toConversation = (): void => navigate(HOME_HREF)

export interface ShellProps {
  readonly onSignOut: () => void
  /** The server does not want this session any more. */
  readonly onEnd: (why: SessionEnd) => void
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

/** Loaded when it is opened first; then it stays, for the motion of its shutting. */
function OnceOpened({ isOpen, children }: { isOpen: boolean; children: ReactNode }): ReactNode {
  const [wasOpened, setWasOpened] = useState(isOpen)
  if (isOpen && !wasOpened) setWasOpened(true)
  return wasOpened ? children : null
}

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
      <ConnectionBanner />
      {route.name === 'admin' && (
        <ErrorBoundary what="The admin console">
          <AdminConsole page={route.page} />
        </ErrorBoundary>
      )}
      {/* What was open stays behind it, as behind a dialog. */}
      <div className="shell-panes" hidden={route.name === 'admin'}>
        <SidePane
          roomId={roomId}
          onSignOut={onSignOut}
          isAlone={isPhone && roomId === null}
          isCovered={isCovered}
        />
        <MainPane
          place={place}
          isPhone={isPhone}
          isCovered={isCovered}
          panel={panel}
          onPanel={onPanel}
        />
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
      <OnceOpened isOpen={route.name === 'settings'}>
        <ErrorBoundary what="The settings">
          <SettingsDialog
            tab={route.name === 'settings' ? route.tab : null}
            onClose={close}
            onSignOut={onSignOut}
          />
        </ErrorBoundary>
      </OnceOpened>
      <InviteDialog code={route.name === 'invite' ? route.code : null} onClose={close} />
    </div>
  )
}
