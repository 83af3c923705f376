import { ArrowLeft, X } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import './panel-frame.css'

export interface PanelFrameProps {
  readonly title: string
  /** Under the title. */
  readonly note?: ReactNode
  readonly onClose: () => void
  /** To the panel that this one was opened from. */
  readonly onBack?: () => void
  readonly children: ReactNode
}

/** The bar on top of a panel, and what is below it. */
export function PanelFrame({
  title,
  note,
  onClose,
  onBack,
  children,
}: PanelFrameProps): ReactElement {
  return (
    <>
      <header className="panel-head">
        {onBack !== undefined && (
          <IconButton label="Back to the details" icon={ArrowLeft} onPress={onBack} />
        )}
        <span className="panel-title">
          <h2 className="truncate">{title}</h2>
          {note !== undefined && <span className="panel-subtitle truncate">{note}</span>}
        </span>
        <IconButton
          label="Close panel"
          icon={X}
          shortcut="Escape"
          tooltipSide="left"
          onPress={onClose}
        />
      </header>
      {children}
    </>
  )
}

/** A part of a panel with a heading of its own. */
export function PanelSection({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}): ReactElement {
  return (
    <section className="panel-section" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}
