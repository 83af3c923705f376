import type { ReactElement } from 'react'
import { Sidebar, type SidebarProps } from '../sidebar/sidebar.tsx'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { usePaneFocus } from './use-pane-focus.ts'

export interface SidePaneProps extends SidebarProps {
  /** Nothing else is shown: it is the main part of the page then. */
  readonly isAlone: boolean
  /** It lies under a panel and cannot be reached. */
  readonly isCovered: boolean
}

const skip = (): void => document.getElementById('conversation')?.focus()

export function SidePane({ roomId, onSignOut, isAlone, isCovered }: SidePaneProps): ReactElement {
  const pane = usePaneFocus(isAlone, String(isAlone))
  return (
    <div
      ref={pane}
      className="shell-sidebar"
      role={isAlone ? 'main' : undefined}
      tabIndex={-1}
      inert={isCovered}
    >
      {isAlone && <h1 className="visually-hidden">Parley</h1>}
      <nav className="sidebar" aria-label="Rooms">
        {!isAlone && (
          <button type="button" className="shell-skip" onClick={skip}>
            Skip to the conversation
          </button>
        )}
        <ErrorBoundary what="The list of rooms">
          <Sidebar roomId={roomId} onSignOut={onSignOut} />
        </ErrorBoundary>
      </nav>
    </div>
  )
}
