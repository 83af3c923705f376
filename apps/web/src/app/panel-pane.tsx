import { type ReactElement, useEffect, useRef } from 'react'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { PartMissing } from '../ui/part-missing.tsx'
import { lazyPart } from './lazy-part.tsx'
import type { Panel } from './panel.ts'

const RightPanel = lazyPart(
  async () => (await import('../panels/right-panel.tsx')).RightPanel,
  ({ isLate, onPanel }) =>
    isLate && <PartMissing what="This panel" onClose={() => onPanel(null)} />,
)

export interface PanelPaneProps {
  readonly roomId: string
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
  /** It lies over the conversation, which cannot be reached meanwhile. */
  readonly isOverlay: boolean
}

const LABELS: Record<NonNullable<Panel>, string> = {
  members: 'Members',
  thread: 'Thread',
  pins: 'Pinned messages',
  search: 'Search',
  details: 'Details',
  moderation: 'Moderation',
}

/** The pane on the right. Takes the focus when it covers the rest, and gives back what it had. */
export function PanelPane({ roomId, panel, onPanel, isOverlay }: PanelPaneProps): ReactElement {
  const pane = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    if (isOverlay && pane.current?.contains(before) === false) pane.current.focus()
    return () => {
      // After the rest of the page can be reached again.
      requestAnimationFrame(() => {
        const isNowhere = document.activeElement === document.body
        if (isNowhere && before instanceof HTMLElement && before.isConnected) before.focus()
      })
    }
  }, [isOverlay])
  return (
    <>
      {isOverlay && <div className="shell-scrim" aria-hidden onPointerDown={() => onPanel(null)} />}
      <aside
        ref={pane}
        className="shell-panel"
        data-overlay={isOverlay || undefined}
        aria-label={panel === null ? 'Panel' : LABELS[panel]}
        tabIndex={-1}
      >
        <ErrorBoundary what="This panel">
          <RightPanel roomId={roomId} panel={panel} onPanel={onPanel} />
        </ErrorBoundary>
      </aside>
    </>
  )
}
