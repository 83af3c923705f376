import type { LucideIcon } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import './state.css'

export interface EmptyStateProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly text?: ReactNode
  /** Buttons that lead on. */
  readonly action?: ReactNode
  /** In a panel or a list, not in the middle of a page. */
  readonly isSmall?: boolean
}

/** Says why nothing is here, and what to do. */
export function EmptyState({
  icon: Icon,
  title,
  text,
  action,
  isSmall = false,
}: EmptyStateProps): ReactElement {
  return (
    <div className="ui-state" data-small={isSmall || undefined}>
      <span className="ui-state-icon">
        <Icon size={isSmall ? 20 : 26} strokeWidth={1.75} aria-hidden />
      </span>
      <p className="ui-state-title">{title}</p>
      {text !== undefined && <p className="ui-state-text">{text}</p>}
      {action !== undefined && <div className="ui-state-action">{action}</div>}
    </div>
  )
}
